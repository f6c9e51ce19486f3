"""Incidents on pages: found, moved, refused with everything typed still there, printed."""

import pytest

from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.incidents import incidents
from server.services.incidents.incident_asked import DeedIn, ReportIn, Source, SourceKind
from server.services.incidents.incident_words import Action, Matter
from server.services.roles import Role
from server.services.work import SYSTEM
from tests.server.build import ADMIN, COMMUNITY
from tests.server.incident_town import BESIDE, STREET, build_town
from tests.server.pages.conftest import words_of


@pytest.fixture
def number(house):
    build_town(house.community)
    with house.transactions.work(ADMIN) as work:
        given = ReportIn(matter=Matter.SAFETY, title="The south gate stands open", point="south-gate-in")
        return incidents.report(work, COMMUNITY, given).number


def post(browser, number, action, **fields):
    return browser.post(f"/incidents/{number}/{action}", **fields)


def test_the_whole_way_by_two_people(house, number):
    guard, clerk = house.signed_in(Role.GUARD), house.signed_in(Role.CLERK)
    page = words_of(guard.get("/incidents"))
    assert "The south gate stands open" in page
    assert "Reported 1" in page
    assert "4 hours left" in page
    assert "Take it on" in words_of(guard.get(f"/incidents/{number}"))
    for action, fields in (
        ("accept", {}),
        ("dispatch", {"person": "老张"}),
        ("begin", {}),
        ("finish", {"why": "wedge taken away"}),
    ):
        assert post(guard, number, action, **fields).headers["location"] == f"/incidents/{number}"
    page = words_of(guard.get(f"/incidents/{number}"))
    assert "Settle it" not in page, "who had it in hand is not offered to settle it"
    refused = post(guard, number, "close", why="I saw it")
    assert refused.status_code == 422
    assert "Somebody else must check it" in words_of(refused)
    assert "Evidence" in words_of(clerk.get(f"/incidents/{number}"))
    post(clerk, number, "close", why="seen at 9:00, it shuts")
    paper = words_of(clerk.get(f"/incidents/{number}/file"))
    for said in ("Settled by clerk", "wedge taken away", "seen at 9:00, it shuts", "Printed", "clerk"):
        assert said in paper
    assert "The south gate stands open" not in words_of(clerk.get("/incidents"))
    assert "The south gate stands open" in words_of(clerk.get("/incidents?show=over"))


def test_two_who_settle_at_once_and_nothing_typed_is_lost(house, number):
    with house.transactions.work(ADMIN) as work:
        for action in (Action.ACCEPT, Action.DISPATCH, Action.BEGIN, Action.FINISH):
            seen = incidents.do(work, COMMUNITY, number, action, DeedIn(why="x", person="x")).turn
    guard, clerk = house.signed_in(Role.GUARD), house.signed_in(Role.CLERK)
    assert post(guard, number, "close", why="it shuts", turn=seen).status_code == 303
    late = post(clerk, number, "close", why="it shuts too", turn=seen)
    assert late.status_code == 409
    assert "Somebody has settled it already" in words_of(late)
    early = post(clerk, number, "note", why="my words", turn=seen)
    assert early.status_code == 409
    assert "my words" in words_of(early)
    assert "Your words are still here" in words_of(early)


@pytest.mark.parametrize(
    ("action", "fields", "status", "said"),
    [
        ("hand_over", {"why": "theirs", "unit": "330105008077"}, 422, "exists no longer"),
        ("hand_over", {"why": "theirs", "unit": STREET}, 422, "same level"),
        ("return", {"why": ""}, 422, "Please say why"),
        ("merge", {"into": "nonsense"}, 422, "another incident that is still open"),
        ("begin", {}, 409, "present state"),
        ("note", {"why": "x" * 1001}, 422, "too long"),
        ("note", {"why": "a\x00b"}, 422, "no text has"),
        ("overdue", {}, 404, "nothing here"),
        ("eat", {}, 404, "nothing here"),
    ],
)
def test_what_cannot_be_done_says_why(house, number, action, fields, status, said):
    answer = post(house.signed_in(Role.GUARD), number, action, **fields)
    assert (answer.status_code, said in words_of(answer)) == (status, True), words_of(answer)


def test_a_unit_with_its_own_people_decides_itself(house, number):
    guard = house.signed_in(Role.GUARD)
    assert post(guard, number, "hand_over", why="theirs", unit=BESIDE).status_code == 303
    assert "you can look on" not in words_of(guard.get(f"/incidents/{number}")), "a note is always possible"
    assert "Take it on" not in words_of(guard.get(f"/incidents/{number}"))
    assert "Take it on" in words_of(house.signed_in().get(f"/incidents/{number}")), "nobody is there: the admin speaks"
    assert "瓜山社区" in words_of(guard.get(f"/incidents?unit={BESIDE}"))


def test_what_it_is_made_of_leads_only_where_one_may_go(lived):
    house = lived.house
    with house.transactions.work(SYSTEM) as work:
        alarm = alarms.sound(work, AlarmKind.FORGED, gateway_id="g-1", point="south-gate-in", detail={"seq": 7}).id
    with house.transactions.work(ADMIN) as work:
        made_of = (Source(kind=SourceKind.ALARM, id=alarm), Source(kind=SourceKind.EVENT, id=str(lived.refused)))
        given = ReportIn(matter=Matter.SAFETY, title="A lost card", point="south-gate-in", sources=made_of)
        number = incidents.report(work, COMMUNITY, given).number
    for role, leads in ((Role.GUARD, True), (Role.OFFICIAL, False)):
        page = house.signed_in(role).get(f"/incidents/{number}")
        assert "1 alarm" in words_of(page)
        assert f"Event no. {lived.refused}" in words_of(page)
        assert ('href="/alarms' in page.text) is leads
        assert (f'href="/events/{lived.refused}"' in page.text) is leads


def test_htmx_gets_the_rows_alone_and_what_is_overdue_says_so(house, number):
    browser = house.signed_in(Role.GUARD)
    house.community.now[0] += 5 * 3_600_000
    rows = browser.client.get("/incidents?show=late", headers={"hx-request": "true"})
    assert "<html" not in rows.text
    assert "overdue for 1 hour" in words_of(rows)
    incidents.escalate_overdue(house.transactions, COMMUNITY)
    page = words_of(browser.get(f"/incidents/{number}"))
    assert "its time ran out" in page
    assert "the system" in page
    assert "was overdue 1 time" in page
    assert "上塘街道 ( Street )" in page or "上塘街道 (Street)" in page
    assert browser.get("/incidents?show=nonsense&matter=x&unit=y&q=%00z").status_code == 200


def test_of_care_the_administrator_sees_a_clock_and_no_word(house):
    with house.transactions.work(SYSTEM) as work:
        given = ReportIn(matter=Matter.CARE, title="Grandma Wang was not seen", house="3-1-502")
        number = incidents.report(work, COMMUNITY, given).number
    admin = house.signed_in()
    for address in ("/incidents", f"/incidents/{number}", f"/incidents/{number}/file"):
        page = words_of(admin.get(address))
        assert "not shown to your role" in page
        assert "Grandma" not in page
        assert "3-1-502" not in page
    assert "Grandma Wang" in words_of(house.signed_in(Role.CARE).get(f"/incidents/{number}"))
    assert house.signed_in(Role.GUARD).get(f"/incidents/{number}").status_code == 404
