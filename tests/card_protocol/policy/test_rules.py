"""The words of a policy: bytes, bounds, and a head that is closed in itself."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from card_protocol.policy.rules import CARD_MAX_LEVELS, AccessLevel, CardEntry, PolicyHead
from card_protocol.words.card import CardState
from card_protocol.words.point import Point, PointKind
from card_protocol.words.schedule import always
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.strategies import card_entries, policy_heads

GATE = Point(id="gate", kind=PointKind.GATE, name_zh="门", name_en="Gate", area="yard")
DOOR = Point(id="door", kind=PointKind.DOOR, name_zh="门", name_en="Door", area="house")
RESIDENTS = AccessLevel(
    id="residents",
    number=1,
    name_zh="住户",
    name_en="Residents",
    points=frozenset({"gate", "door"}),
    schedule="all-day",
)


def head(**change: object) -> PolicyHead:
    legal: dict[str, object] = {
        "version": 1,
        "community": "330105009012",
        "issued_ms": 0,
        "expires_ms": 1,
        "rev_seq": 0,
        "points": (GATE, DOOR),
        "levels": (RESIDENTS,),
        "schedules": (always("all-day"),),
        "cards": 0,
    }
    return PolicyHead(**{**legal, **change})


@given(policy_heads())
def test_head_round_trip_and_strictness(policy: PolicyHead) -> None:
    assert_round_trip(policy)
    assert_strict(policy)


@given(card_entries)
def test_card_round_trip_and_strictness(card: CardEntry) -> None:
    assert_round_trip(card)
    assert_strict(card)


def test_points_of_a_level_have_one_order() -> None:
    assert b'"points":["door","gate"]' in RESIDENTS.to_bytes()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"schedules": ()}, "names the schedule all-day, which is not there"),
        (
            {"points": (GATE.model_copy(update={"free": "lunch"}), DOOR)},
            "point gate is free by the schedule lunch, which is not there",
        ),
        ({"points": (GATE,)}, r"names the points door, which are not there"),
        ({"points": (GATE, DOOR, GATE)}, "the point gate is there more than once"),
        ({"schedules": (always("all-day"),) * 2}, "the schedule all-day is there more than once"),
        ({"levels": (RESIDENTS, RESIDENTS)}, "the access level residents is there more than once"),
        (
            {"levels": (RESIDENTS, RESIDENTS.model_copy(update={"id": "others"}))},
            "the access level number 1 is there more than once",
        ),
    ],
)
def test_a_policy_is_closed_in_itself(change: dict[str, object], sentence: str) -> None:
    assert head()
    with pytest.raises(ValidationError, match=sentence):
        head(**change)


def test_a_card_has_a_bounded_number_of_levels() -> None:
    with pytest.raises(ValidationError):
        CardEntry(
            card_id="01JD0000000000000000000001",
            holder="00112233445566AA",
            state=CardState.ACTIVE,
            valid_from_ms=0,
            valid_to_ms=1,
            levels=("x",) * (CARD_MAX_LEVELS + 1),
        )
