"""The door machine's table."""

import pytest

from edge.core.door import TABLE, step
from edge.core.door_state import recall
from edge.core.door_words import Granted, Opened, Remember, Started
from edge.ports.door import DoorMemory, DoorState
from tests.edge.doors import SETTINGS, SHUT, play
from tests.edge.words import moment

S = DoorState


@pytest.mark.parametrize("state", S)
def test_every_state_has_a_way_out(state: DoorState) -> None:
    assert {to for (at, _), (_, allowed) in TABLE.items() if at is state for to in allowed} - {state}


def test_what_the_table_does_not_name_changes_nothing() -> None:
    door, _ = play(*SHUT, Granted(5000), Opened())
    assert (door.state, Started) not in TABLE
    assert step(door, Started(), moment()) == (door, ())


def test_what_must_survive_a_restart_is_kept_when_it_changes() -> None:
    assert Remember(DoorMemory(S.FORCED)) in play(*SHUT, Opened())[1]
    assert not [effect for effect in play(*SHUT, Granted(1))[1] if isinstance(effect, Remember)]
    assert step(recall(SETTINGS, DoorMemory()), Started(), moment())[0].state is S.LOCKED
