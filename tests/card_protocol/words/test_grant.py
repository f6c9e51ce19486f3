"""Grants: bytes and bounds."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from card_protocol.words.grant import GRANT_MAX_AREAS, GRANT_MAX_LEVELS, Grant
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.strategies import grants


@given(grants())
def test_round_trip_and_strictness(grant: Grant) -> None:
    assert_round_trip(grant)
    assert_strict(grant)


@pytest.mark.parametrize(
    "change",
    [
        {"levels": tuple(range(1, GRANT_MAX_LEVELS + 2))},
        {"areas": tuple(range(1, GRANT_MAX_AREAS + 2))},
        {"levels": (0,)},
        {"levels": (2**16,)},
        {"serial": 2**32},
        {"community": "330000000000"},
        {"uid": "0411223344556A".lower()},
    ],
)
def test_what_does_not_fit_on_a_card(change: dict[str, object]) -> None:
    legal = Grant(
        card_id="01JD0000000000000000000001",
        uid="04112233445566",
        holder="00112233445566AA",
        community="330105009012",
        serial=1,
        valid_from_ms=0,
        valid_to_ms=1,
        levels=tuple(range(1, GRANT_MAX_LEVELS + 1)),
    )
    with pytest.raises(ValidationError):
        Grant(**{**legal.model_dump(), **change})
