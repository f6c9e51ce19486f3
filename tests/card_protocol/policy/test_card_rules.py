"""Each rule about the card at its edges; how they stand to each other is test_decider's business."""

import pytest

from card_protocol.policy.rules import Traits
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import Calendar, Interval
from card_protocol.words.situation import Situation
from card_protocol.words.verdict import Flag
from tests.support.scenes import NOW_MS, OFFICE_HOURS, Scene

UID, READER, CARD = Assurance.UID, Assurance.READER, Assurance.CARD


@pytest.mark.parametrize(
    ("minimum", "waived", "given", "passes"),
    [
        (CARD, False, CARD, True),
        (CARD, False, READER, False),
        (CARD, False, UID, False),
        (READER, False, CARD, True),
        (READER, False, READER, True),
        (READER, False, UID, False),
        (UID, False, READER, True),
        (UID, False, UID, False),  # a number alone needs the waiver, whatever the minimum says
        (CARD, True, UID, True),
        (CARD, True, READER, True),
    ],
)
@pytest.mark.parametrize("proven", [True, False])
def test_assurance(minimum: Assurance, waived: bool, given: Assurance, passes: bool, proven: bool) -> None:
    scene = Scene(minimum=minimum, uid_waived=waived, assurance=given, proven=proven)
    if given is CARD and not proven and not waived:
        assert scene.ask().reason is Reason.UNKNOWN  # nothing that was authenticated names a card
    else:
        assert scene.ask().reason is (Reason.GRANTED if passes else Reason.ASSURANCE_TOO_LOW)


def test_a_number_that_is_let_in_by_waiver_is_flagged() -> None:
    verdict = Scene(uid_waived=True, assurance=UID, proven=False).ask()
    assert verdict.flags == {Flag.WAIVED}
    assert verdict.card_id is not None
    assert Scene(uid_waived=True).ask().flags == frozenset()


def test_a_foreign_card_with_a_neighbour_s_number_is_nobody() -> None:
    verdict = Scene(uid_waived=True, assurance=UID, proven=False, fault=Reason.FOREIGN).ask()
    assert (verdict.reason, verdict.card_id, verdict.holder) == (Reason.FOREIGN, None, None)


def test_a_number_that_nobody_has() -> None:
    assert Scene(uid_waived=True, assurance=UID, proven=False, in_book=False).ask().reason is Reason.UNKNOWN


@pytest.mark.parametrize("quality", list(ClockQuality))
def test_any_clock_but_an_unknown_one_will_do(quality: ClockQuality) -> None:
    reason = Scene(clock=quality).ask().reason
    assert reason is (Reason.CLOCK_UNKNOWN if quality is ClockQuality.UNKNOWN else Reason.GRANTED)


@pytest.mark.parametrize(
    ("expires_ms", "reason"),
    [(NOW_MS + 1, Reason.GRANTED), (NOW_MS, Reason.POLICY_EXPIRED), (0, Reason.POLICY_EXPIRED)],
)
def test_a_policy_ends(expires_ms: int, reason: Reason) -> None:
    assert Scene(policy_expires_ms=expires_ms).ask().reason is reason


@pytest.mark.parametrize(
    ("scene", "reason"),
    [
        (Scene(), Reason.GRANTED),
        (Scene(level_holds_point=False), Reason.WRONG_POINT),
        (Scene(hours=()), Reason.OUTSIDE_SCHEDULE),
        (Scene(hours=(Interval(day=2, start=600, end=601),)), Reason.GRANTED),
        (Scene(hours=(Interval(day=2, start=0, end=600),)), Reason.OUTSIDE_SCHEDULE),
        (Scene(hours=(Interval(day=2, start=601, end=1440),)), Reason.OUTSIDE_SCHEDULE),
        (Scene(calendar=Calendar(holidays=frozenset({"2026-09-30"}))), Reason.OUTSIDE_SCHEDULE),
        (
            Scene(calendar=Calendar(holidays=frozenset({"2026-09-30"}), workdays=frozenset({"2026-09-30"}))),
            Reason.GRANTED,
        ),
        (Scene(hours=OFFICE_HOURS, wall_ms=NOW_MS - 120 * 60_000 - 1, valid_from_ms=0), Reason.OUTSIDE_SCHEDULE),
        (Scene(max_offline_ms=1000, situation=Situation(offline_ms=1000)), Reason.GRANTED),
        (Scene(max_offline_ms=1000, situation=Situation(offline_ms=1001)), Reason.OFFLINE_TOO_LONG),
        (Scene(max_offline_ms=0, situation=Situation(offline_ms=0)), Reason.GRANTED),
    ],
)
def test_right(scene: Scene, reason: Reason) -> None:
    assert scene.ask().reason is reason


@pytest.mark.parametrize(
    ("areas", "reason"),
    [((), Reason.GRANTED), ((3,), Reason.GRANTED), ((1, 3), Reason.GRANTED), ((4,), Reason.WRONG_POINT)],
)
def test_a_grant_may_be_for_some_areas_only(areas: tuple[int, ...], reason: Reason) -> None:
    scene = Scene(in_book=False, has_grant=True, grant_areas=areas)
    assert scene.ask().reason is reason


@pytest.mark.parametrize(
    ("most", "before", "reason"),
    [
        (None, 999, Reason.GRANTED),
        (1, 0, Reason.GRANTED),
        (1, 1, Reason.USED_UP),
        (3, 2, Reason.GRANTED),
        (3, 4, Reason.USED_UP),
    ],
)
def test_uses(most: int | None, before: int, reason: Reason) -> None:
    assert Scene(traits=Traits(uses=most), situation=Situation(uses=before)).ask().reason is reason


@pytest.mark.parametrize(
    ("scene", "flags"),
    [
        (Scene(duress_sign=True), {Flag.DURESS}),
        (Scene(traits=Traits(duress=True)), {Flag.DURESS}),
        (Scene(traits=Traits(duress=True), hours=()), {Flag.DURESS}),
        (Scene(fault=Reason.PULLED_AWAY, duress_sign=True), {Flag.DURESS}),
        (Scene(), set()),
    ],
)
def test_duress_changes_nothing_that_can_be_seen(scene: Scene, flags: set[Flag]) -> None:
    verdict = scene.ask()
    assert verdict.flags == flags
    calm = Scene(**{**vars(scene), "duress_sign": False, "traits": None}).ask()
    assert verdict._replace(flags=frozenset()) == calm


@pytest.mark.parametrize(
    ("served", "opened", "floors"),
    [
        (set(), {1, 2}, set()),
        ({1, 2, 3}, {2, 3, 9}, {2, 3}),
        ({1, 2, 3}, {9}, None),
        ({1, 2, 3}, set(), None),
    ],
)
def test_lift_floors(served: set[int], opened: set[int], floors: set[int] | None) -> None:
    verdict = Scene(served_floors=frozenset(served), level_floors=frozenset(opened)).ask()
    assert verdict.reason is (Reason.WRONG_POINT if floors is None else Reason.GRANTED)
    assert verdict.floors == (floors or set())
