"""Situations: bytes, bounds, and that knowing nothing is the default."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from card_protocol.words.situation import NOTHING_KNOWN, Partner, Situation
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.strategies import situations


@given(situations)
def test_round_trip_and_strictness(situation: Situation) -> None:
    assert_round_trip(situation)
    assert_strict(situation)


def test_nothing_known() -> None:
    assert Situation.from_bytes(b"{}") == NOTHING_KNOWN == Situation()
    assert NOTHING_KNOWN.to_bytes() == (
        b'{"first_seen":false,"inside":0,"lockdown":0,"offline_ms":0,"open_points":[],"uses":0}'
    )


@pytest.mark.parametrize("level", [-1, 5])
def test_lockdown_has_four_levels(level: int) -> None:
    with pytest.raises(ValidationError):
        Situation(lockdown=level)


def test_roles_are_bounded() -> None:
    with pytest.raises(ValidationError):
        Partner(holder="00112233445566AA", roles=frozenset(f"role-{n}" for n in range(17)), ago_ms=0)
