"""Orders from afar on the pages: asked for, given with a reason, and what became of them in words."""

import pytest

from card_protocol.policy.rules import Privileges
from card_protocol.wire.command import Action, CommandAck, Outcome
from card_protocol.wire.state import LockedDown
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL
from server.pages.gateways.boxes import ORDER_STATES, ORDERS
from server.pages.live.orders import AT_POINT, OUTCOMES
from server.services.access import areas
from server.services.gateways import commands, gateways
from server.services.gateways.commands import CommandState
from server.services.roles import Role
from server.services.work import SYSTEM
from tests.server.build import NOW_MS
from tests.server.pages.conftest import words_of

URL = "/points/south-gate-in/orders"


@pytest.fixture
def box(house):
    return house.community.box("g-1")


def given(house):
    with house.transactions.read() as session:
        return [
            (one.action, one.point or one.area, one.level, one.why) for one in commands.listing(session, "g-1", NOW_MS)
        ]


def test_every_action_has_its_words():
    assert set(ORDERS) == set(Action)
    assert set(AT_POINT) == set(Action) - {Action.READ_LOG}
    assert set(ORDER_STATES) == set(CommandState)
    assert {outcome.value for outcome in Outcome} - {"taken", "done"} <= set(OUTCOMES)


def test_a_guard_opens_a_gate_with_a_reason(house, box):
    guard = house.signed_in(Role.GUARD)
    page = words_of(guard.get(URL))
    for word in ("Open once", "Hold open", "Lock down the area", "Back to normal", "Restart the reader"):
        assert word in page
    answer = guard.post(URL, action="open_once", why="a parcel", key="k1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/live?ordered=open_once&at=south-gate-in")
    live = guard.get(answer.headers["location"])
    assert "Ordered at 08:00:00: Open once, South gate, in." in words_of(live)
    assert 'href="/gateways/g-1#orders"' in live.text, "what became of it"
    for made_up in ("/live?ordered=explode&at=south-gate-in", "/live?ordered=open_once&at=nowhere", "/live"):
        assert "Ordered" not in words_of(guard.get(made_up))
    guard.post(URL, action="open_once", why="a parcel", key="k1")
    assert given(house) == [("open_once", "south-gate-in", None, "a parcel")]
    shown = words_of(guard.get("/gateways/g-1"))
    assert "On its way" in shown
    assert "a parcel" in shown


def test_a_lockdown_says_who_still_enters_at_each_level(house, box):
    guard = house.signed_in(Role.GUARD)
    assert words_of(guard.get(URL)).count("nobody enters") == LOCKDOWN_MAX_LEVEL
    with house.transactions.work(SYSTEM) as work:
        named = (frozenset({"doctor", "guard"}), frozenset({"guard"}))
        areas.set_privileges(work, house.community.house.community, Privileges(lockdown=named))
    page = words_of(guard.get(URL))
    assert "1: these still enter: doctor, guard" in page
    assert "2: these still enter: guard" in page
    assert "3: nobody enters" in page


def test_a_reason_is_needed(house, box):
    for why in ("", "   ", "x" * 301):
        assert house.signed_in(Role.GUARD).post(URL, action="open_once", why=why).status_code == 422
    assert given(house) == []


def test_a_lockdown_and_back_to_normal(house, box):
    guard = house.signed_in(Role.GUARD)
    guard.post(URL, action="lock_down", why="a fight", level="3")
    assert given(house) == [("lock_down", "compound", 3, "a fight")]
    with house.transactions.work(SYSTEM) as work:
        state = box.state().model_copy(
            update={"held": frozenset({"south-gate-in"}), "lockdowns": (LockedDown(area="compound", level=3),)}
        )
        gateways.note_state(work, state)
    for page in (URL, "/gateways/g-1", "/live/panel"):
        assert "Locked down, level 3" in words_of(guard.get(page)), page
        assert "Held open" in words_of(guard.get(page)), page
    guard.post(URL, action="release", why="over")
    assert {(action, aim) for action, aim, *_ in given(house)[:2]} == {
        ("release", "south-gate-in"),
        ("release", "compound"),
    }


def test_who_may_not_sees_no_way_there(house, box):
    auditor = house.signed_in(Role.AUDITOR)
    assert auditor.get(URL).status_code == 403
    assert auditor.post(URL, action="open_once", why="x").status_code == 403
    assert "Open, hold, lock down" not in words_of(auditor.get("/gateways/g-1"))
    assert "data-may-order" not in house.signed_in(Role.NURSE).get("/live").text
    assert "data-may-order" in house.signed_in(Role.GUARD).get("/live").text
    assert house.signed_in(Role.GUARD).post("/gateways/g-1/log").status_code == 403


def test_the_log_of_a_box_is_shown_when_it_comes(house, box):
    admin = house.signed_in()
    assert admin.post("/gateways/g-1/log", key="k").status_code == 303
    with house.transactions.work(SYSTEM) as work:
        ack = CommandAck(
            gateway="g-1", number=1, outcome=Outcome.DONE, newest=1, at_ms=NOW_MS, log=("<first>", "second")
        )
        commands.answered(work, ack)
    page = admin.get("/gateways/g-1/orders")
    assert "&lt;first&gt;" in page.text
    assert "2 lines" in words_of(page)


def test_what_was_in_the_way_is_said_in_words(house, box):
    admin = house.signed_in()
    admin.post(URL, action="hold_open", why="x")
    with house.transactions.work(SYSTEM) as work:
        ack = CommandAck(gateway="g-1", number=1, outcome=Outcome.CLOCK_UNSURE, newest=1, at_ms=NOW_MS)
        commands.answered(work, ack)
    page = words_of(admin.get("/gateways/g-1"))
    assert "does not know the time" in page
    assert "Hold open South gate, in admin x" in page


def test_points_and_orders_that_do_not_exist(house, box):
    admin = house.signed_in()
    assert admin.get("/points/nowhere/orders").status_code == 404
    assert admin.post(URL, action="explode", why="x").status_code == 404


def test_a_gateway_that_takes_no_part_is_said(house):
    admin = house.signed_in()
    assert "No gateway serves this point yet" in words_of(admin.get(URL))
    answer = admin.post(URL, action="open_once", why="x")
    assert answer.status_code == 409
    assert "takes no order now" in words_of(answer)
