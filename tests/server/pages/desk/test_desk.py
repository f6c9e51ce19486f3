"""The card desk: whom, what, where; and a job as the clerk sees it."""

import asyncio

import pytest
from fastapi.testclient import TestClient

from card_protocol.wire.desk import CardGone as CardLeft
from card_protocol.wire.desk import CardHere, Hello
from server.pages.desk import desk as module
from server.pages.desk import jobs
from server.services.cards import cards
from server.services.problems import TEXTS, Code, Problem
from server.services.roles import Role
from server.services.visitors import visitor_passes
from server.services.visitors.visitor_passes import VisitorIn
from tests.server.build import ADMIN, COMMUNITY, NOW_MS
from tests.server.pages.conftest import Browser, words_of

UNTIL = "2027-03-01"


class Bench:
    """A signed-in clerk whose server keeps one event loop, a desk on it, and an `issue` that the test ends."""

    def __init__(self, house, client):
        self.house = house
        signed = house.signed_in()
        for name, value in signed.cookies.items():
            client.cookies.set(name, value)
        self.browser = Browser(client)
        self.portal = client.portal
        self.outcome = self.portal.call(self._future)
        self.desk = self.portal.call(self._join)

    async def _future(self):
        return asyncio.get_running_loop().create_future()

    async def _join(self):
        async def send(_message):
            pass

        return self.house.console.house.desks.join(Hello(desk="desk-1", reader="Virtual PCD 00 00"), send)

    async def issue(self, _house, _actor, order):
        self.order = order
        async with self.desk.claimed():
            return await asyncio.shield(self.outcome)

    def ends(self, outcome):
        """The job ends so."""

        async def end():
            if isinstance(outcome, Problem):
                self.outcome.set_exception(outcome)
            else:
                self.outcome.set_result(outcome)
            await asyncio.sleep(0.05)

        self.portal.call(end)

    def lays(self, uid, progress=None):
        """A card lies on the desk, or none."""

        async def lay():
            await self.desk.heard(CardHere(uid=uid) if uid else CardLeft())
            self.desk.progress = progress

        self.portal.call(lay)

    def begin(self, holder, **fields):
        """Send the form."""
        good = {"holder": holder, "levels": ["residents"], "until": UNTIL, "desk": "desk-1"}
        return self.browser.post("/desk", **good | fields)


@pytest.fixture
def bench(house, monkeypatch):
    with TestClient(house.site, follow_redirects=False, headers={"accept-language": "en"}) as client:
        made = Bench(house, client)
        monkeypatch.setattr(jobs, "issue", made.issue)
        yield made


def test_first_whom(bench, person):
    page = words_of(bench.browser.get("/desk"))
    assert "Who gets a card?" in page
    assert "单秀英" in page
    found = bench.browser.get("/desk/people?q=4711", **{"hx-request": "true"})
    assert "telephone …4711" in words_of(found)
    assert "Nobody found for “zzz”." in words_of(bench.browser.get("/desk/people?q=zzz"))


def test_then_what_and_where_with_sensible_proposals(bench, person):
    answer = bench.browser.get(f"/desk?holder={person.id}")
    page = words_of(answer)
    assert "A card for 单秀英" in page
    assert f'value="{UNTIL}"' in answer.text
    assert "Virtual PCD 00 00" in page
    assert "ready" in page
    bench.lays("04010203040506")
    assert "a card lies on it" in words_of(bench.browser.get("/desk/readers?desk=desk-1"))
    assert bench.browser.get("/desk?holder=01KJKB3Q00NBF0QX1S90CQ0BZT").status_code == 404


def test_a_person_is_found_by_a_tap(bench):
    def tapped():
        return words_of(bench.browser.get("/desk/tapped"))

    assert tapped() == ""
    card = bench.house.community.active_card("04010203040506")
    bench.lays(card.uid)
    assert f"On desk desk-1 lies No. {card.number} Active {card.holder_name} 3-1-502" in tapped()
    bench.lays("04FFFFFFFFFFFF")
    assert "never given out" in tapped()
    assert 'hx-get="/desk/tapped"' in bench.browser.get("/holders").text
    assert 'hx-get="/desk/tapped"' not in bench.house.signed_in(Role.GUARD).get("/holders").text


def test_the_rights_of_the_last_card_are_proposed(bench, person):
    assert 'value="residents" checked' not in bench.browser.get(f"/desk?holder={person.id}").text
    bench.house.community.active_card()
    assert 'value="residents" checked' in bench.browser.get(f"/desk?holder={person.id}").text


def test_the_rights_of_a_visitor_are_proposed_to_nobody_else(bench, person):
    community = bench.house.community
    card = community.active_card()
    wanted = {"from_ms": NOW_MS, "to_ms": NOW_MS + 3_600_000, "points": {"south-gate-in"}, "uses": 2}
    with community.transactions.work(ADMIN) as work:
        visitor_passes.make(work, COMMUNITY, VisitorIn(name="李客", **wanted))
    with community.transactions.read() as session:
        assert cards.listing(session, limit=1).items[0].number > card.number, "the code counts as a card"
    form = bench.browser.get(f"/desk?holder={person.id}").text
    assert 'value="residents" checked' in form
    assert form.count("checked") == bench.browser.get(f"/desk?holder={card.holder_id}").text.count("checked")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"levels": []}, "Tick at least one access level"),
        ({"desk": ""}, "Choose the desk"),
        ({"until": "someday"}, "Choose the last day"),
        ({"until": ""}, "Choose the last day"),
        ({"desk": "desk-9"}, "This desk is not connected any more."),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(bench, person, fields, sentence):
    answer = bench.begin(person.id, **fields)
    assert answer.status_code in (409, 422)
    assert sentence in words_of(answer)
    assert ('value="residents" checked' in answer.text) == (fields.get("levels", ["residents"]) != [])


def test_a_job_from_the_blank_card_to_done(bench, person):
    answer = bench.begin(person.id)
    path = answer.headers["location"]
    assert path.startswith("/desk/jobs/")

    def panel():
        return words_of(bench.browser.get(path + "/panel"))

    assert "Put a blank card on the reader" in words_of(bench.browser.get(path))
    assert "Desk desk-1 is waiting for it." in panel()
    bench.lays("04010203040506")
    assert "Card found, leave it there" in panel()
    bench.lays("04010203040506", (2, 5))
    assert "Step 2 of 5" in panel()
    bench.lays(None, (2, 5))
    assert "put the same card back" in panel()
    card = bench.house.community.active_card()
    bench.ends(card)
    assert f"Done: card no. {card.number}" in panel()
    assert bench.order.holder_id == person.id
    assert bench.order.valid_to_ms == 1_803_916_800_000, "2027-03-02 00:00 in Shanghai: the last day is whole"


@pytest.mark.parametrize("code", [*sorted(set(TEXTS) & set(module.SENTENCES)), Code.TOO_MANY])
def test_every_failure_is_a_sentence_and_can_be_begun_again(bench, person, code):
    path = bench.begin(person.id).headers["location"]
    bench.ends(Problem(code))
    answer = bench.browser.get(path + "/panel")
    assert "No card was given" in words_of(answer)
    assert module.SENTENCES.get(code, TEXTS[code].en) in words_of(answer)
    assert f'name="until" value="{UNTIL}"' in answer.text
    assert 'name="levels" value="residents"' in answer.text


def test_a_job_can_be_stopped_and_the_desk_is_free(bench, person):
    path = bench.begin(person.id).headers["location"]
    assert bench.begin(person.id).status_code == 409
    assert bench.browser.post(path + "/cancel").headers["location"] == f"/desk?holder={person.id}"
    assert bench.begin(person.id).status_code == 303


def test_a_job_is_nobody_elses_business(bench, person):
    path = bench.begin(person.id).headers["location"]
    one_time = bench.house.add_user("li", Role.ADMIN)
    other = bench.house.browser()
    other.post("/login", name="li", password=one_time)
    mine = "tall bamboo by another canal"
    other.post("/account/password", old=one_time, password=mine, again=mine)
    assert other.get(path).status_code == 404
    assert other.post(path + "/cancel").status_code == 404


def test_without_a_desk_it_says_what_to_start(house, person):
    assert "No desk is connected." in words_of(house.signed_in().get(f"/desk?holder={person.id}"))


def test_where_nothing_can_be_opened_yet_it_says_what_comes_first(house, person, monkeypatch):
    """A new server has no access levels, and the first steps lead here."""
    monkeypatch.setattr(module.access, "levels", lambda _session: [])
    admin, clerk = (house.signed_in(role).get(f"/desk?holder={person.id}") for role in (Role.ADMIN, Role.CLERK))
    assert '<a href="/access">Add hours and an access level first</a>' in admin.text
    assert "An administrator adds them." in words_of(clerk)


def test_a_guard_gives_no_cards(bench, person):
    guard = bench.house.signed_in(Role.GUARD)
    assert guard.get("/desk").status_code == 403
    assert guard.post("/desk", holder=person.id).status_code == 403
