"""A console on the community of tests/server/build.py, and browsers without a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from card_protocol.profiles.membership import Standing
from card_protocol.words.card import CardState
from card_protocol.words.reason import Reason
from server.pages.console import Console, make_console
from server.pages.site import build_site
from server.services.activities import activities, attendance
from server.services.activities.activity_life import ActivityKind, ActivityStep
from server.services.activities.asked import ActivityIn, InviteIn
from server.services.activities.quorum import Rule
from server.services.cards import cards
from server.services.events import alarms, events
from server.services.events.alarms import AlarmKind
from server.services.gateways import gateways
from server.services.incidents import incidents
from server.services.incidents.incident_asked import DeedIn
from server.services.incidents.incident_words import Action
from server.services.lists import import_run, imports
from server.services.lists.import_columns import Column, Subject
from server.services.lists.sheets import Sheet
from server.services.notices import notices
from server.services.notices.notices import NoticeIn
from server.services.party import members
from server.services.party.members import MemberIn
from server.services.people import holders, houses
from server.services.people.holders import HolderView
from server.services.privacy import requests
from server.services.privacy.request_life import Kind, Way
from server.services.privacy.requests import RequestIn
from server.services.property import tickets
from server.services.property.ticket_life import Party
from server.services.property.tickets import MessageIn, TicketIn
from server.services.roles import Role
from server.services.users import users
from server.services.users.users import UserIn
from server.services.webhooks import webhooks
from server.services.webhooks.cloud_event import Topic
from server.services.webhooks.webhooks import WebhookIn
from server.services.work import SYSTEM, Actor
from server.tables import EventRow
from server.tables.engine import make_engine
from tests.server.app_client import AppClient
from tests.server.build import ADMIN, COMMUNITY, EPOCH, NOW_MS, Community, keep, make_community, tap
from tests.server.ground import SqliteGround
from tests.server.incident_town import DOOR

OWN_PASSWORD = "tall bamboo by the canal"
AT = re.compile(r'data-at="([^"]*)"')
FORM_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass
class House:
    """The console with what stands around it."""

    community: Community
    console: Console
    site: FastAPI
    signed: dict[Role, str] = field(default_factory=dict)
    seq: int = 0

    @property
    def transactions(self):
        return self.community.transactions

    def add_user(self, name: str, role: Role) -> str:
        """A user; returns the one-time password."""
        with self.transactions.work(SYSTEM) as work:
            _, password = users.add(work, self.console.passwords, UserIn(name=name, role=role, org=COMMUNITY))
        return password

    def browser(self, **headers: str) -> "Browser":
        """A browser that nobody signed in with, in English."""
        return Browser(AppClient(self.site, follow_redirects=False, headers={"accept-language": "en"} | headers))

    def signed_in(self, role: Role = Role.ADMIN, **headers: str) -> "Browser":
        """A browser of a user of that role, with a password of their own."""
        if role not in self.signed:
            one_time = self.add_user(role.value, role)
            with self.transactions.work(SYSTEM) as work:
                user = users.row_of(work.session, role.value)
                users.change_password(work, self.console.passwords, user.id, one_time, OWN_PASSWORD)
            self.signed[role] = OWN_PASSWORD
        browser = self.browser(**headers)
        answer = browser.post("/login", name=role.value, password=OWN_PASSWORD)
        assert answer.status_code == 303, answer.text
        return browser

    def tap(
        self,
        card_id: str | None = None,
        reason: Reason = Reason.GRANTED,
        *,
        point: str = "south-gate-in",
        **fields: str,
    ) -> int:
        """An event that has arrived; returns its id."""
        self.seq += 1
        body = tap(self.seq, card_id, reason, **fields).replace(b'"south-gate-in"', f'"{point}"'.encode())
        word = events.Event.from_bytes(body)
        with self.transactions.work(SYSTEM) as work:
            row = EventRow(
                gateway_id="g-1",
                epoch=EPOCH,
                seq=self.seq,
                body=body,
                hash=bytes(32),
                kind=word.kind.value,
                point=word.point,
                card_id=card_id,
                holder=word.holder,
                reason=reason.value,
                wall_ms=word.wall_ms,
                clock=word.clock.value,
                received_ms=NOW_MS + self.seq,
            )
            work.session.add(row)
            work.session.flush()
            work.tell("event", events.views_of(work.session, [row])[0].model_dump(mode="json"))
            return row.id


def leads_somewhere(path: str, html: str) -> bool:
    """Whether each sentence of a refused form names a field of it (pages/said.py), where the form is on the page."""
    named = [names.split() for names in AT.findall(html)]
    return f'action="{path}"' not in html or all(any(f'name="{one}"' in html for one in names) for names in named)


@dataclass
class Browser:
    """Cookies and forms as a browser has them: a form carries the token of this browser."""

    client: TestClient
    _held: tuple[tuple[tuple[str, str], ...], str] | None = None
    """The cookies, and the token of the form that came with them."""

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.client.get(path, headers=headers)

    def post(self, path: str, **fields: Any) -> Any:
        """POST a form as one of our pages would."""
        answer = self.client.post(path, data=fields | {"csrf": self.token()})
        assert leads_somewhere(path, answer.text), f"{path}: a sentence about fields that the form does not have"
        return answer

    def token(self) -> str:
        """The form token, as the error page (that has forms too) shows it; it holds until a cookie changes."""
        if self._held is None or self._held[0] != self._jar():
            found = FORM_TOKEN.search(self.get("/no-such-page").text)
            assert found is not None
            self._held = (self._jar(), found[1])
        return self._held[1]

    def _jar(self) -> tuple[tuple[str, str], ...]:
        return tuple((cookie.name, cookie.value or "") for cookie in self.cookies.jar)

    @property
    def cookies(self) -> Any:
        """The cookie jar."""
        return self.client.cookies


class Text(HTMLParser):
    """The visible text of a page, piece by piece, with the attributes that people see or hear."""

    HEARD = ("aria-label", "title", "placeholder", "data-pattern", "data-copied")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        self.pieces += [value for name, value in attrs if name in self.HEARD and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.pieces.append(data.strip())

    def __str__(self) -> str:
        return " ".join(" ".join(self.pieces).split())


def words_of(answer: Any) -> str:
    """The visible text of an answer."""
    return str(Text(answer.text))


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Pages ask the services alone: one kind of data base is enough here."""
    return f"sqlite:///{tmp_path / 'server.db'}"


_sites: list[FastAPI] = []


def site_on(console: Console) -> FastAPI:
    """The site, built once: FastAPI works its routes out at the first request, and takes half a second for it."""
    if not _sites:
        _sites.append(build_site(console))
    _sites[0].state.console = console
    return _sites[0]


@pytest.fixture
def community(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Community:
    """A community with two points and no people; where the test asks for `lived`, what that says has happened in it.

    To live in it takes a third of a second: it is done once for a test process, and a copy laid for each test.
    """
    if "lived" not in request.fixturenames:
        return make_community(engine)
    if not _names:
        first = make_engine(f"sqlite:///{tmp_path / 'lived.db'}")
        kept = make_community(first)
        names = live_in(House(kept, console=None, site=None))  # nobody looks at it there
        keep(kept, _lived_in)
        _names.update(names)
        first.dispose()
    return make_community(engine, ground=_lived_in)


@pytest.fixture
def house(community: Community) -> Iterator[House]:
    """A community with two points and no people."""
    console = make_console(community.house, "b0", secure_cookies=False)
    console.board.start()
    yield House(community, console, site_on(console))
    console.board.stop()


@pytest.fixture
def person(house: House) -> HolderView:
    """Somebody."""
    return house.community.holder("单秀英", house="3-1-502", phone_tail="4711")


@dataclass
class Lived:
    """Names of things in a house that has been lived in."""

    house: House
    active: str
    lost: str
    holder: str
    granted: int
    refused: int
    list: str
    """A list from Excel, checked: a row of each kind."""
    place: str
    """A house that somebody lives in."""
    incident: int
    """An incident that somebody has taken on."""
    ticket: int
    """A repair that is talked about."""
    activity: int
    """A Party meeting whose sign-in is open."""
    notice: int
    """A notice that hangs at a gate."""
    held: int
    """A volunteers' day that was held; `holder` was there."""
    asked: int
    """What somebody asks about their own data."""
    hook: str
    """An address of another system that fails."""


TAPS = 3
_lived_in = SqliteGround()
_names: dict[str, Any] = {}


@pytest.fixture
def lived(house: House) -> Lived:
    """Two cards (one lost), a gateway that is online, taps of both kinds and of a card that nobody knows, alarms."""
    house.seq = TAPS
    return Lived(house, **_names)


def live_in(house: House) -> dict[str, Any]:
    """What `lived` says; the names of things."""
    community = house.community
    box = community.box("g-1")
    with community.transactions.work(ADMIN) as work:
        place = houses.add(work, COMMUNITY, "3-1-502").id
        for code in ("3-1-503", "3-1-504"):
            houses.add(work, COMMUNITY, code)
    active, lost = community.active_card("04010203040506"), community.active_card("04010203040507")
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, lost.id, CardState.LOST, why="bus")
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(head_seq=97, acked_seq=4, policy_version=1))
    with community.transactions.read() as session:
        pseudonym = holders.get(session, active.holder_id).pseudonym
    with community.transactions.work(SYSTEM) as work:
        for point in ("south-gate-in", "south-gate-in", "clinic"):
            alarms.sound(work, AlarmKind.REVOKED_TAP, gateway_id="g-1", point=point, card_id=lost.id, detail={"seq": 1})
        alarms.sound(work, AlarmKind.DEAD_LETTER, gateway_id="g-1", detail={"seq": 9})
    granted = house.tap(active.id, holder=pseudonym, level="residents")
    refused = house.tap(lost.id, Reason.LOST)
    house.tap(None, Reason.FOREIGN, uid="04AABBCCDDEE80")
    with community.transactions.work(ADMIN) as work:
        number = incidents.report(work, COMMUNITY, DOOR.model_copy(update={"title": "South gate, in"})).number
        incidents.do(work, COMMUNITY, number, Action.ACCEPT, DeedIn())
    list_id = checked_list(house)
    activity, held = met(community, active.holder_id)
    with community.transactions.work(ADMIN) as work:
        hung = NoticeIn(zh="王秀英", en="王秀英", points={"south-gate-in"}, from_ms=NOW_MS, to_ms=NOW_MS + 3_600_000)
        notice = notices.write(work, hung).number
        given = RequestIn(kind=Kind.DELETION, name="王秀英", holder_id=active.holder_id, way=Way.LETTER)
        asked = requests.ask(work, given).number
        hook = webhooks.add(work, WebhookIn(url="https://127.0.0.1:1/", topics=[Topic.TAP]))
        webhooks.failed(work, webhooks.try_out(work, COMMUNITY, hook.id).id, "answered 503")
        webhooks.try_out(work, COMMUNITY, hook.id)
    things = {"list": list_id, "place": place, "incident": number, "ticket": repair(community)}
    made = {"activity": activity, "notice": notice, "held": held, "asked": asked, "hook": hook.id}
    ours = {"active": active.id, "lost": lost.id, "holder": active.holder_id, "granted": granted, "refused": refused}
    return {**ours, **things, **made}


def met(community: Community, holder_id: str) -> tuple[int, int]:
    """A Party meeting whose sign-in is open, and a volunteers' day that was held, with one person on each list."""
    begins = {"title": "王秀英", "from_ms": NOW_MS, "to_ms": NOW_MS + 3_600_000}
    with community.transactions.work(Actor(ADMIN.name)) as work:
        members.put(work, holder_id, MemberIn(standing=Standing.FULL, branch="王秀英", since=date(2001, 7, 1)))
        asked = (ActivityKind.PARTY_MEETING, Rule.MORE_THAN_HALF, 0), (ActivityKind.VOLUNTEER, Rule.NONE, 5)
        numbers = [
            activities.plan(work, ActivityIn(kind=kind, rule=rule, points=points, **begins)).number
            for kind, rule, points in asked
        ]
        for number in numbers:
            attendance.invite(work, number, InviteIn(holders=[holder_id]))
        attendance.sign_by_name(work, numbers[1], holder_id, consents_now=True)
        for step in (ActivityStep.BEGIN, ActivityStep.END):
            activities.step(work, numbers[1], step)
    return numbers[0], numbers[1]


def repair(community: Community) -> int:
    """A ticket with a message that not everybody reads."""
    with community.transactions.work(ADMIN) as work:
        said = MessageIn(text="王秀英", audience=frozenset({Party.COMMUNITY}))
        return tickets.open_ticket(work, TicketIn(title="王秀英", house="3-1-502", message=said)).number


def checked_list(house: House) -> str:
    """A list with a wrong, a new and a changed row."""
    rows = [["王秀英", "3-1-503", "1.38E+10"], ["王秀英", "3-1-504", "4711"], ["单建国", "3-1-502", "4712"]]
    house.community.holder("单建国", house="3-1-502")
    with house.transactions.work(ADMIN) as work:
        made = imports.create(work, COMMUNITY, Subject.PEOPLE, Sheet(rows, [1, 2, 3], "test"), "2026")
        imports.set_columns(work, made.id, {Column.NAME: 0, Column.HOUSE: 1, Column.PHONE: 2})
    import_run.check_all(house.community.house, ADMIN, made.id, lambda _done, _total: None)
    return made.id


PRESSED_BY_A_USER = """
let pressed = false;
for (const began of ["pointerdown", "keydown"]) addEventListener(began, () => (pressed = true), true);
Object.defineProperty(navigator, "userActivation", {value: {get hasBeenActive() { return pressed; }}});
"""
"""What the browser takes for a user's press: Playwright's own looking at a page counts as one too."""


def untouched(page: Any) -> None:
    """The same page, which nobody has clicked on: the browser lets it make no sound."""
    page.add_init_script(PRESSED_BY_A_USER)
    page.goto(page.url)


def press_while_an_alarm_comes(page: Any, button: Any) -> None:
    """The page is drawn anew while the button is down: by then the browser would let it sound."""
    button.hover()
    page.mouse.down()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('htmx:afterSettle', {detail: {elt: document.body}}))")
    page.mouse.up()
