"""What a door does when something happens, by example."""

import pytest

from card_protocol.words.event import EventKind
from edge.core.door_words import (
    Closed,
    ContactLost,
    Fire,
    FreeTime,
    Granted,
    Hold,
    Input,
    Leaf,
    Lock,
    Lockdown,
    Note,
    Opened,
    Release,
    RexPressed,
    RexReleased,
    SetTimer,
    Sounder,
    Started,
    Tampered,
    TimerEnded,
)
from edge.ports.door import DoorMemory, DoorState, Sound
from tests.edge.doors import SHUT, play, told

S = DoorState


def test_a_passage_from_grant_to_lock() -> None:
    door, effects = play(*SHUT, Granted(5000))
    assert (door.state, effects) == (S.UNLOCKED, [Release(5000), SetTimer(1, 5000)])
    door, effects = play(*SHUT, Granted(5000), Opened())
    assert (door.state, effects) == (S.OPEN, [Release(None), SetTimer(2, 30_000), Sounder(Sound.QUIET)])
    door, effects = play(*SHUT, Granted(5000), Opened(), Closed())
    assert (door.state, effects) == (S.LOCKED, [Lock(), Sounder(Sound.QUIET)])
    assert told(*SHUT, Granted(5000), Opened(), Closed()) == []


def test_a_grant_that_nobody_uses_ends_by_itself() -> None:
    assert play(*SHUT, Granted(5000), TimerEnded(1))[1] == [Lock()]


def test_a_timer_that_was_replaced_counts_no_more() -> None:
    assert play(*SHUT, Granted(5000), Granted(5000), TimerEnded(1))[1] == []
    assert play(*SHUT, Granted(5000), Granted(5000), TimerEnded(2))[1] == [Lock()]
    assert play(*SHUT, TimerEnded(0))[1] == []


def test_a_door_that_stands_open_beeps_then_is_an_alarm_then_is_well() -> None:
    opened = (*SHUT, Granted(5000), Opened())
    door, effects = play(*opened, TimerEnded(2))
    assert (door.state, effects) == (S.WARNING, [SetTimer(3, 15_000), Sounder(Sound.WARN)])
    held = (*opened, TimerEnded(2), TimerEnded(3))
    assert play(*held)[0].state is S.HELD
    assert Sounder(Sound.ALARM) in play(*held)[1]
    assert told(*held, Closed()) == [EventKind.DOOR_HELD, EventKind.DOOR_RESTORED]
    assert play(*held, Closed())[0].state is S.LOCKED
    assert told(*held, Granted(5000)) == [EventKind.DOOR_HELD, EventKind.DOOR_RESTORED]
    assert play(*held, Granted(5000))[0].state is S.OPEN


def test_a_door_that_opens_by_itself_is_forced() -> None:
    door, effects = play(*SHUT, Opened())
    assert door.state is S.FORCED
    assert effects[0] == Sounder(Sound.ALARM)
    assert told(*SHUT, Opened(), Closed()) == [EventKind.DOOR_FORCED, EventKind.DOOR_RESTORED]
    assert play(*SHUT, Opened(), Closed())[0].state is S.LOCKED


def test_the_exit_button_releases_first_and_is_recorded_after() -> None:
    door, effects = play(*SHUT, RexPressed())
    assert door.state is S.UNLOCKED
    assert effects[:2] == [Release(None), SetTimer(1, 3000)]
    assert isinstance(effects[2], Note)
    assert effects[2].event.kind is EventKind.EGRESS
    assert told(*SHUT, RexPressed(), RexReleased(), Opened(), Closed()) == [EventKind.EGRESS]


@pytest.mark.parametrize("before", [(), (Lockdown(True),), (Granted(5000),)])
def test_it_does_so_in_a_lockdown_too(before: tuple[Input, ...]) -> None:
    assert play(*SHUT, *before, RexPressed())[1][0] == Release(None)


def test_a_button_that_is_held_keeps_the_door_released() -> None:
    pressed = (*SHUT, RexPressed())
    assert play(*pressed, TimerEnded(1))[1][0] == Release(None)
    assert play(*pressed, RexReleased(), TimerEnded(1))[1] == [Lock()]
    assert play(*pressed, Opened(), Closed())[1][0] == Release(None)
    assert play(*pressed, Lockdown(True))[0].state is S.UNLOCKED


def test_a_button_that_is_stuck_is_an_alarm_and_still_lets_people_out() -> None:
    stuck = (*SHUT, RexPressed(), TimerEnded(2))
    assert told(*stuck) == [EventKind.EGRESS, EventKind.DOOR_INPUT_FAULT]
    assert play(*stuck)[0].state is S.UNLOCKED
    assert told(*stuck, RexReleased())[-1] is EventKind.DOOR_INPUT_BACK


def test_a_button_that_bounces_is_one_press() -> None:
    assert play(*SHUT, RexPressed(), RexPressed())[1] == []


def test_fire_releases_first_whatever_goes_on_and_until_it_is_reset() -> None:
    for before in [(), (Opened(),), (Lockdown(True),), (Granted(5000), Opened()), (FreeTime(True),)]:
        door, effects = play(*SHUT, *before, Fire(True))
        assert (door.state, effects[0]) == (S.FIRE_RELEASED, Release(None))
        for later in (
            Lockdown(not door.lockdown),
            FreeTime(False),
            TimerEnded(1),
            Opened(),
            Closed(),
            ContactLost("cut"),
        ):
            assert Lock() not in play(*SHUT, *before, Fire(True), later)[1]
    assert play(*SHUT, Fire(True), Fire(False))[0].state is S.LOCKED
    assert play(*SHUT, Fire(True), Opened(), Fire(False))[0].state is S.OPEN
    assert told(*SHUT, Fire(True), Fire(True), Fire(False)) == [EventKind.FIRE_RELEASED, EventKind.FIRE_ENDED]


def test_a_lockdown_keeps_out_who_has_not_opened_yet() -> None:
    door, effects = play(*SHUT, Granted(5000), Lockdown(True))
    assert (door.state, effects[0]) == (S.LOCKED_DOWN, Lock())
    assert play(*SHUT, Granted(5000), Opened(), Lockdown(True))[0].state is S.OPEN
    assert play(*SHUT, Granted(5000), Opened(), Lockdown(True), Closed())[0].state is S.LOCKED_DOWN


def test_who_is_exempt_enters_in_a_lockdown_and_the_door_goes_back_to_it() -> None:
    through = (*SHUT, Lockdown(True), Granted(5000))
    assert play(*through)[0].state is S.UNLOCKED
    assert play(*through, Opened(), Closed())[0].state is S.LOCKED_DOWN
    assert told(*SHUT, Lockdown(True), Opened()) == [EventKind.LOCKDOWN_STARTED, EventKind.DOOR_FORCED]


def test_free_time_holds_the_door_released_and_a_lockdown_suspends_it() -> None:
    door, effects = play(*SHUT, FreeTime(True))
    assert (door.state, effects[0]) == (S.FREE, Release(None))
    assert told(*SHUT, FreeTime(True), Opened(), Closed(), Opened()) == [EventKind.DOOR_FREE]
    assert play(*SHUT, FreeTime(True), Lockdown(True))[0].state is S.LOCKED_DOWN
    assert play(*SHUT, FreeTime(True), Lockdown(True), Lockdown(False))[0].state is S.FREE
    assert play(*SHUT, FreeTime(True), FreeTime(False))[1][0] == Lock()


def test_a_door_that_is_open_when_free_time_ends_is_waited_for() -> None:
    door, effects = play(*SHUT, FreeTime(True), Opened(), FreeTime(False))
    assert door.state is S.OPEN
    assert effects[1] == SetTimer(1, 30_000)


def test_tamper_is_an_alarm_besides_and_once() -> None:
    assert told(*SHUT, Tampered(True), Tampered(True), Tampered(False)) == [
        EventKind.DOOR_TAMPERED,
        EventKind.DOOR_TAMPER_ENDED,
    ]
    assert play(*SHUT, Tampered(True))[0].state is S.LOCKED


def test_a_contact_that_cannot_be_believed_is_an_alarm_and_the_door_goes_on_without() -> None:
    lost = (*SHUT, ContactLost("cut"))
    door, [_, note] = play(*lost)
    assert isinstance(note, Note)
    assert note.event.detail == {"input": "contact", "fault": "cut"}
    assert door.leaf is Leaf.UNKNOWN
    assert play(*lost, Granted(5000), TimerEnded(1))[1] == [Lock()]
    assert told(*lost, ContactLost("cut"), Opened()) == [EventKind.DOOR_INPUT_FAULT, EventKind.DOOR_INPUT_BACK]
    assert play(*lost, Opened())[0].state is S.OPEN
    assert play(*SHUT, Opened(), ContactLost("shorted"))[1][:2] == [Lock(), Sounder(Sound.QUIET)]


@pytest.mark.parametrize("alarm", [S.FORCED, S.HELD])
def test_an_alarm_survives_a_restart_and_is_told_once(alarm: DoorState) -> None:
    memory = DoorMemory(alarm)
    assert play(Started(), Opened(), memory=memory)[0].state is alarm
    assert told(Started(), Opened(), Closed(), memory=memory) == [EventKind.DOOR_RESTORED]
    assert told(Started(), Closed(), memory=memory) == [EventKind.DOOR_RESTORED]
    assert told(Started(), Granted(5000), Opened(), memory=memory) == [EventKind.DOOR_RESTORED]
    assert told(Started(), FreeTime(True), Opened(), memory=memory) == [EventKind.DOOR_FREE, EventKind.DOOR_RESTORED]


def test_a_door_found_open_after_a_restart_is_not_forced() -> None:
    assert play(Started(), Opened())[0].state is S.OPEN


def test_a_hold_opens_and_a_release_locks() -> None:
    door, effects = play(*SHUT, Hold(True))
    assert (door.state, effects[0]) == (S.FREE, Release(None))
    assert told(*SHUT, Hold(True), Hold(True), Opened(), Closed()) == [EventKind.HOLD_STARTED]
    door, effects = play(*SHUT, Hold(True), Hold(False))
    assert (door.state, effects[0]) == (S.LOCKED, Lock())
    assert told(*SHUT, Hold(True), Hold(False)) == [EventKind.HOLD_STARTED, EventKind.HOLD_ENDED]


def test_lockdown_wins_over_a_hold_and_fire_and_the_button_over_both() -> None:
    assert play(*SHUT, Hold(True), Lockdown(True))[0].state is S.LOCKED_DOWN
    assert play(*SHUT, Hold(True), Lockdown(True), Lockdown(False))[0].state is S.FREE
    for orders in ((Hold(True), Lockdown(True)), (Lockdown(True),), (Hold(False),)):
        assert play(*SHUT, *orders, Fire(True))[1][0] == Release(None)
        assert play(*SHUT, *orders, RexPressed())[1][0] == Release(None)
    assert play(*SHUT, Lockdown(True), Fire(True), Lockdown(False), Hold(True))[0].state is S.FIRE_RELEASED


def test_a_hold_ends_and_free_time_goes_on() -> None:
    assert play(*SHUT, FreeTime(True), Hold(True), Hold(False))[0].state is S.FREE
