"""States: bytes and bounds."""

from hypothesis import given

from card_protocol.wire.state import State
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import states


@given(states)
def test_round_trip_and_strictness(state: State) -> None:
    assert_round_trip(state)
    assert_strict(state)


@given(states)
def test_the_last_will_is_the_same_word(state: State) -> None:
    will = state.model_copy(update={"online": False})
    assert State.from_bytes(will.to_bytes()) == will
