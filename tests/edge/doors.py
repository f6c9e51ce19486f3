"""Playing inputs to the door machine."""

from card_protocol.words.event import EventKind
from edge.core.door import step
from edge.core.door_state import Door, recall
from edge.core.door_words import Closed, DoorSettings, Effect, Input, Note, Started
from edge.ports.door import DoorMemory
from tests.edge.words import GATE, moment

SETTINGS = DoorSettings(GATE, rex_ms=3000, held_ms=30_000, alarm_ms=15_000, rex_stuck_ms=60_000)
FRESH = DoorMemory()
SHUT = (Started(), Closed())


def play(*inputs: Input, memory: DoorMemory = FRESH) -> tuple[Door, list[Effect]]:
    """The state after the inputs, and the effects of the last one."""
    door, effects = recall(SETTINGS, memory), ()
    for happened in inputs:
        door, effects = step(door, happened, moment())
    return door, list(effects)


def told(*inputs: Input, memory: DoorMemory = FRESH) -> list[EventKind]:
    """The kinds of all events that the inputs lead to."""
    door, kinds = recall(SETTINGS, memory), []
    for happened in inputs:
        door, effects = step(door, happened, moment())
        kinds += [effect.event.kind for effect in effects if isinstance(effect, Note)]
    return kinds
