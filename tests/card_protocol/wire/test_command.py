"""Commands and their answers: bytes, bounds, and what an action names."""

from typing import Any

import pytest
from hypothesis import given

from card_protocol.wire.command import AIMS, LOG_MAX_LINES, Action, Command, CommandAck, Outcome
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.wire_strategies import command_acks, commands


@given(commands())
def test_a_command_round_trips_and_is_strict(command: Command) -> None:
    assert_round_trip(command)
    assert_strict(command)


@given(command_acks)
def test_an_answer_round_trips_and_is_strict(ack: CommandAck) -> None:
    assert_round_trip(ack)
    assert_strict(ack)


BASE = {"gateway": "g-1", "number": 7, "issued_ms": 1000, "expires_ms": 2000}


def test_its_bytes_are_these() -> None:
    command = Command(action=Action.LOCK_DOWN, area="yard", level=2, **BASE)
    assert command.to_bytes() == (
        b'{"action":"lock_down","area":"yard","expires_ms":2000,"gateway":"g-1","issued_ms":1000,"level":2,"number":7}'
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"action": "open_once"}, "open_once names point"),
        ({"action": "open_once", "area": "yard"}, "open_once names point"),
        ({"action": "release"}, "release names area or point"),
        ({"action": "release", "point": "gate", "area": "yard"}, "not both"),
        ({"action": "read_log", "point": "gate"}, "read_log names nothing"),
        ({"action": "lock_down", "area": "yard"}, "a level belongs to lock_down"),
        ({"action": "hold_open", "point": "gate", "level": 1}, "a level belongs to lock_down"),
        ({"action": "lock_down", "area": "yard", "level": 5}, "level"),
        ({"action": "read_log", "expires_ms": 1000}, "expires after it was issued"),
        ({"action": "explode"}, "action"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Command.model_validate({**BASE, **fields}, strict=False)


def test_every_action_says_what_it_names() -> None:
    assert set(AIMS) == set(Action)


def test_an_answer_carries_a_bounded_log() -> None:
    fields = {"gateway": "g-1", "number": 1, "outcome": Outcome.DONE, "newest": 1, "at_ms": 5}
    assert CommandAck(**fields, log=("x",) * LOG_MAX_LINES).log[0] == "x"
    with pytest.raises(ValueError, match="log"):
        CommandAck(**fields, log=("x",) * (LOG_MAX_LINES + 1))
