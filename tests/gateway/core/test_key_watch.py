"""When a box asks for its keys anew."""

from card_protocol.words.moment import DAY_MS
from card_protocol.words.point import Point, PointKind
from gateway.core.key_watch import RENEW_BEFORE_MS, keys_due

LEASE_MS = 90 * DAY_MS
GATE = Point(id="gate", kind=PointKind.GATE, name_zh="门", name_en="Gate", area="yard")
CLINIC = GATE.model_copy(update={"id": "clinic", "kind": PointKind.CLINIC})
CARE = GATE.model_copy(update={"id": "care", "kind": PointKind.CARE, "price_fen": 800})


def test_a_box_with_gates_alone_asks_for_nothing_until_half_of_its_lease_is_over() -> None:
    assert keys_due([GATE], [], LEASE_MS, LEASE_MS - RENEW_BEFORE_MS) == ""
    assert "lease" in keys_due([GATE], [], LEASE_MS, LEASE_MS - RENEW_BEFORE_MS + 1)


def test_a_point_that_needs_a_compartment_has_it_asked_for() -> None:
    assert keys_due([GATE, CLINIC], [], LEASE_MS, 0) == "points need clinic_point"
    assert keys_due([GATE, CLINIC], ["clinic_point"], LEASE_MS, 0) == ""
    assert keys_due([CARE], ["clinic_point"], LEASE_MS, 0) == "points need care_point, pay_point"
