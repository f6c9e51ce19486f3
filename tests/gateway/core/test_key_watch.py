"""When a box asks for its keys anew."""

import pytest

from card_protocol.words.moment import DAY_MS
from card_protocol.words.point import Point, PointKind
from gateway.core.key_watch import RENEW_BEFORE_MS, keys_due
from gateway.core.station_words import HeldKeys
from tests.gateway.policies import GATE, head

LEASE_MS = 90 * DAY_MS
HELD = HeldKeys(1, 1, LEASE_MS)
CLINIC = GATE.model_copy(update={"id": "clinic", "kind": PointKind.CLINIC})
CARE = GATE.model_copy(update={"id": "care", "kind": PointKind.CARE, "price_fen": 800})


def due(*points: Point, compartments: tuple[str, ...] = (), held: HeldKeys = HELD, now_ms: int = 0) -> str:
    return keys_due(head().model_copy(update={"points": points}), compartments, held, now_ms)


def test_a_box_with_gates_alone_asks_for_nothing_until_half_of_its_lease_is_over() -> None:
    assert due(GATE, now_ms=LEASE_MS - RENEW_BEFORE_MS) == ""
    assert "lease" in due(GATE, now_ms=LEASE_MS - RENEW_BEFORE_MS + 1)
    assert "lease" in keys_due(None, (), HELD, LEASE_MS)


def test_a_point_that_needs_a_compartment_has_it_asked_for() -> None:
    assert due(GATE, CLINIC) == "points need clinic_point"
    assert due(GATE, CLINIC, compartments=("clinic_point",)) == ""
    assert due(CARE, compartments=("clinic_point",)) == "points need care_point, pay_point"


@pytest.mark.parametrize(
    ("held", "wanted", "asks"),
    [((1, 1), (1, 2), True), ((1, 2), (2, 2), True), ((1, 2), (1, 2), False), ((1, 2), (1, 1), False)],
    ids=["raised", "retired", "in force", "never back"],
)
def test_versions_that_are_in_force_are_asked_for(held: tuple[int, int], wanted: tuple[int, int], asks: bool) -> None:
    policy = head(keys_oldest=wanted[0], keys_newest=wanted[1])
    assert bool(keys_due(policy, (), HeldKeys(*held, LEASE_MS), 0)) is asks
