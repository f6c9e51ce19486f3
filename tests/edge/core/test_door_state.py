"""The state of a door: where it rests, what it keeps, when it is shut."""

import pytest

from edge.core.door_state import Door, recall, resting_place
from edge.core.door_words import Fire, FreeTime, Granted, Lockdown, Opened, Release, Remember, Started
from edge.ports.door import DoorMemory, DoorState
from tests.edge.doors import SETTINGS, SHUT, play

S = DoorState


@pytest.mark.parametrize(
    ("fire", "lockdown", "free", "place"),
    [
        (False, False, False, S.LOCKED),
        (False, False, True, S.FREE),
        (False, True, True, S.LOCKED_DOWN),
        (True, True, True, S.FIRE_RELEASED),
        (True, False, False, S.FIRE_RELEASED),
    ],
)
def test_fire_goes_before_lockdown_and_that_before_free_time(
    fire: bool, lockdown: bool, free: bool, place: DoorState
) -> None:
    assert resting_place(Door(SETTINGS, fire=fire, lockdown=lockdown, free=free)) is place


def test_a_memory_is_of_alarms_and_rules_only() -> None:
    assert recall(SETTINGS, DoorMemory(S.HELD, lockdown=True)).memory == DoorMemory(S.HELD, lockdown=True)
    assert Door(SETTINGS, state=S.OPEN).memory == DoorMemory()


def test_lockdown_and_fire_survive_a_restart() -> None:
    assert play(Started(), memory=DoorMemory(lockdown=True))[0].state is S.LOCKED_DOWN
    assert play(Started(), memory=DoorMemory(fire=True))[1][0] == Release(None)
    assert play(Started(), memory=DoorMemory(hold=True))[0].state is S.FREE
    assert Remember(DoorMemory(lockdown=True)) in play(*SHUT, Lockdown(True))[1]


def test_a_door_is_shut_when_it_is_locked_and_not_open() -> None:
    assert play(*SHUT)[0].is_shut
    assert play(Started())[0].is_shut
    assert play(*SHUT, Lockdown(True))[0].is_shut
    for inputs in [(Granted(1),), (Opened(),), (FreeTime(True),), (Fire(True),)]:
        assert not play(*SHUT, *inputs)[0].is_shut
