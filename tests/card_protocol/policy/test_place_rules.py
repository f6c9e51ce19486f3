"""Each rule about the place at its edges; how they stand to each other is test_decider's business."""

import pytest

from card_protocol.policy.rules import Passback, Privileges, Traits
from card_protocol.words.point import PARTNER_TIMEOUT_MS, Direction
from card_protocol.words.reason import Reason
from card_protocol.words.situation import Partner, Passage, Situation
from card_protocol.words.verdict import Flag
from tests.support.scenes import HOLDER, OTHER_HOLDER, Scene

GUARD = Traits(roles=frozenset({"guard"}))
RESPONDERS = Privileges(lockdown=(frozenset({"guard", "medic"}), frozenset({"guard"})))


def beside(holder: str = OTHER_HOLDER, roles: str = "", ago_ms: int = 1) -> Situation:
    return Situation(partner=Partner(holder=holder, roles=frozenset(roles.split()), ago_ms=ago_ms))


@pytest.mark.parametrize(
    ("level", "role", "reason"),
    [
        (0, "", Reason.GRANTED),
        (1, "", Reason.LOCKED_DOWN),
        (1, "medic", Reason.GRANTED),
        (2, "medic", Reason.LOCKED_DOWN),
        (2, "guard", Reason.GRANTED),
        (3, "guard", Reason.LOCKED_DOWN),
        (4, "guard", Reason.LOCKED_DOWN),
    ],
)
def test_lockdown(level: int, role: str, reason: Reason) -> None:
    traits = Traits(roles=frozenset(role.split()))
    scene = Scene(traits=traits, privileges=RESPONDERS, situation=Situation(lockdown=level))
    assert scene.ask().reason is reason


def test_a_grant_on_a_card_names_no_roles_and_passes_no_lockdown() -> None:
    scene = Scene(in_book=False, has_grant=True, traits=GUARD, privileges=RESPONDERS, situation=Situation(lockdown=1))
    assert scene.ask().reason is Reason.LOCKED_DOWN


@pytest.mark.parametrize(
    ("situation", "reason"),
    [
        (Situation(), Reason.ESCORT_AWAITED),
        (beside(), Reason.ESCORT_AWAITED),
        (beside(roles="host"), Reason.GRANTED),
        (beside(roles="guard"), Reason.ESCORT_AWAITED),
        (beside(holder=HOLDER, roles="host"), Reason.ESCORT_AWAITED),
        (beside(roles="host", ago_ms=PARTNER_TIMEOUT_MS - 1), Reason.GRANTED),
        (beside(roles="host", ago_ms=PARTNER_TIMEOUT_MS), Reason.ESCORT_AWAITED),
    ],
)
def test_escort(situation: Situation, reason: Reason) -> None:
    scene = Scene(traits=Traits(escorted=True), privileges=Privileges(escort=frozenset({"host"})), situation=situation)
    assert scene.ask().reason is reason


@pytest.mark.parametrize(
    ("first_seen", "roles", "reason"),
    [
        (False, "", Reason.FIRST_PERSON_AWAITED),
        (False, "guard", Reason.FIRST_PERSON_AWAITED),
        (False, "nurse", Reason.GRANTED),
        (True, "", Reason.GRANTED),
    ],
)
def test_first_person(first_seen: bool, roles: str, reason: Reason) -> None:
    scene = Scene(
        first_person=True,
        traits=Traits(roles=frozenset(roles.split())),
        privileges=Privileges(first_person=frozenset({"nurse"})),
        situation=Situation(first_seen=first_seen),
    )
    assert scene.ask().reason is reason


IN, OUT, NONE = Direction.IN, Direction.OUT, Direction.NONE


@pytest.mark.parametrize(
    ("passback", "way", "last_way", "ago_ms", "reason", "flagged"),
    [
        (Passback.OFF, IN, IN, 1, Reason.GRANTED, False),
        (Passback.SOFT, IN, IN, 1, Reason.GRANTED, True),
        (Passback.HARD, IN, IN, 1, Reason.PASSED_BACK, False),
        (Passback.HARD, IN, OUT, 1, Reason.GRANTED, False),
        (Passback.HARD, IN, IN, 59_999, Reason.PASSED_BACK, False),
        (Passback.HARD, IN, IN, 60_000, Reason.GRANTED, False),  # forgiven
        (Passback.HARD, OUT, OUT, 1, Reason.GRANTED, True),  # nobody is kept in
        (Passback.SOFT, OUT, OUT, 1, Reason.GRANTED, True),
        (Passback.HARD, OUT, IN, 1, Reason.GRANTED, False),
        (Passback.HARD, NONE, NONE, 1, Reason.GRANTED, False),
        (Passback.TIMED, IN, IN, 59_999, Reason.PASSED_BACK, False),
        (Passback.TIMED, IN, IN, 60_000, Reason.GRANTED, False),
        (Passback.TIMED, IN, OUT, 1, Reason.GRANTED, False),
        (Passback.TIMED, OUT, OUT, 1, Reason.GRANTED, False),
    ],
)
def test_anti_passback(
    passback: Passback, way: Direction, last_way: Direction, ago_ms: int, reason: Reason, flagged: bool
) -> None:
    situation = Situation(last=Passage(direction=last_way, ago_ms=ago_ms))
    verdict = Scene(passback=passback, direction=way, situation=situation).ask()
    assert verdict.reason is reason
    assert (Flag.PASSED_BACK in verdict.flags) is flagged


def test_who_was_never_seen_is_not_passed_back() -> None:
    assert Scene(passback=Passback.HARD).ask().granted


@pytest.mark.parametrize(
    ("capacity", "inside", "way", "reason"),
    [
        (None, 9999, IN, Reason.GRANTED),
        (5, 4, IN, Reason.GRANTED),
        (5, 5, IN, Reason.AREA_FULL),
        (5, 6, IN, Reason.AREA_FULL),
        (0, 0, IN, Reason.AREA_FULL),
        (5, 5, OUT, Reason.GRANTED),
        (5, 5, NONE, Reason.GRANTED),
    ],
)
def test_capacity(capacity: int | None, inside: int, way: Direction, reason: Reason) -> None:
    assert Scene(capacity=capacity, direction=way, situation=Situation(inside=inside)).ask().reason is reason


@pytest.mark.parametrize(
    ("interlock", "open_points", "reason"),
    [
        ("trap", "", Reason.GRANTED),
        ("trap", "twin", Reason.INTERLOCKED),
        ("trap", "door", Reason.GRANTED),  # its own leaf may still be open
        ("trap", "gate nowhere", Reason.GRANTED),
        ("trap", "gate twin door", Reason.INTERLOCKED),
        ("other", "twin", Reason.GRANTED),
        (None, "twin", Reason.GRANTED),
    ],
)
@pytest.mark.parametrize("way", list(Direction))
def test_interlock(interlock: str | None, open_points: str, reason: Reason, way: Direction) -> None:
    situation = Situation(open_points=frozenset(open_points.split()))
    assert Scene(interlock=interlock, direction=way, situation=situation).ask().reason is reason


@pytest.mark.parametrize(
    ("situation", "reason"),
    [
        (Situation(), Reason.SECOND_PERSON_AWAITED),
        (beside(), Reason.GRANTED),
        (beside(holder=HOLDER), Reason.SECOND_PERSON_AWAITED),
        (beside(ago_ms=PARTNER_TIMEOUT_MS - 1), Reason.GRANTED),
        (beside(ago_ms=PARTNER_TIMEOUT_MS), Reason.SECOND_PERSON_AWAITED),
    ],
)
def test_two_persons(situation: Situation, reason: Reason) -> None:
    assert Scene(persons=2, situation=situation).ask().reason is reason


def test_two_people_one_after_the_other() -> None:
    """The first hears that a second is awaited; whoever keeps the situation takes that as a partner's presence."""
    first = Scene(persons=2).ask()
    assert first.reason is Reason.SECOND_PERSON_AWAITED
    second = Scene(persons=2, situation=beside(holder=OTHER_HOLDER)).ask()
    assert second.granted
    assert first.holder != OTHER_HOLDER


@pytest.mark.parametrize(
    "scene",
    [
        Scene(situation=Situation(lockdown=4)),
        Scene(traits=Traits(escorted=True)),
        Scene(first_person=True),
        Scene(persons=2),
        Scene(traits=Traits(uses=1), situation=Situation(uses=1)),
    ],
)
def test_out_is_out(scene: Scene) -> None:
    assert not scene.ask().granted
    assert Scene(**{**vars(scene), "direction": Direction.OUT}).ask().granted
