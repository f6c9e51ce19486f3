"""A shift begins, is handed over, and the next one reads what stood and what was said."""

import pytest

from card_protocol.wire.state import LockedDown
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.gateways import gateways
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.shifts import shifts
from server.services.sight import EVERYTHING, SIGHTS
from server.services.work import SYSTEM, Actor
from tests.server.build import Community

WANG, LI = (Actor(f"user:{name}", Role.GUARD.value) for name in ("wang", "li"))


def begin(community: Community, actor: Actor) -> None:
    community.now[0] += 1000
    with community.transactions.work(actor) as work:
        shifts.begin(work)


def hand_over(community: Community, actor: Actor, note: str = "") -> None:
    community.now[0] += 1000
    with community.transactions.work(actor) as work:
        shifts.hand_over(work, note)


def test_from_one_to_the_next(community: Community) -> None:
    start = community.now[0]
    begin(community, WANG)
    with community.transactions.read() as session:
        assert shifts.mine(session, WANG.name) == shifts.latest(session)[0]
        assert shifts.mine(session, LI.name) is None
    with community.transactions.work(SYSTEM) as work:
        alarms.sound(work, AlarmKind.FORK, gateway_id="g-1")
    hand_over(community, WANG, "北门的锁有点卡")
    begin(community, LI)
    with community.transactions.read() as session:
        now, before = shifts.latest(session)
        assert shifts.mine(session, WANG.name) is None
    assert (now.who, now.began_ms, now.ended_ms) == (LI.name, start + 3000, None)
    assert (before.who, before.began_ms, before.ended_ms) == (WANG.name, start + 1000, start + 2000)
    assert before.note == "北门的锁有点卡"
    assert before.left is not None
    assert before.left.alarms == 1


def test_what_stands(community: Community) -> None:
    box, other = community.box("g-1"), community.box("g-2")
    with community.transactions.work(SYSTEM) as work:
        in_force = (LockedDown(area="compound", level=2),)
        said = box.state(held=frozenset({"south-gate-in"}), lockdowns=in_force)  # type: ignore[arg-type]
        gateways.note_state(work, said)
        gateways.note_state(work, other.state(online=False))
    with community.transactions.read() as session:
        found = shifts.standing(session, EVERYTHING)
    assert (found.offline, found.held, found.lockdowns) == (["g-2"], ["south-gate-in"], {"compound": 2})
    assert found.alarms == 1, "the one that is offline"


@pytest.mark.parametrize("already", [True, False])
def test_nobody_takes_over_twice_or_hands_over_what_they_do_not_have(community: Community, already: bool) -> None:
    if already:
        begin(community, WANG)
    with pytest.raises(Problem) as told:
        (begin if already else hand_over)(community, WANG)
    assert told.value.code is Code.WRONG_STATE
    begin(community, LI)  # another gate house has a shift of its own


def test_a_shift_whose_beginning_is_long_ago(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    for actor in (WANG, LI):
        begin(community, actor)
    for actor in (WANG, LI):
        hand_over(community, actor)
    monkeypatch.setattr(shifts, "SHOWN_LINES", 2)
    with community.transactions.read() as session:
        assert [(shift.who, shift.began_ms) for shift in shifts.latest(session)] == [(LI.name, None), (WANG.name, None)]


def test_an_alarm_that_the_guards_board_does_not_show_is_not_counted(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        for point in ("south-gate-in", "clinic"):
            alarms.sound(work, AlarmKind.REVOKED_TAP, point=point, card_id="01HZZZZZZZZZZZZZZZZZZZZZZZ")
    with community.transactions.read() as session:
        counted = {role: shifts.standing(session, SIGHTS[role]).alarms for role in (Role.SYSTEM, Role.GUARD)}
    assert counted == {Role.SYSTEM: 2, Role.GUARD: 1}
