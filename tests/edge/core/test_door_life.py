"""The door machine under every order of inputs that Hypothesis thinks of, restarts among them."""

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from card_protocol.words.event import EventKind
from edge.core.door import step
from edge.core.door_state import ALARMED, REST, Door, recall, resting_place
from edge.core.door_words import (
    Closed,
    ContactLost,
    DoorSettings,
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
    Remember,
    RexPressed,
    RexReleased,
    SetTimer,
    Sounder,
    Started,
    Tampered,
    TimerEnded,
)
from edge.ports.door import DoorMemory, DoorState, Sound
from tests.edge.words import GATE, moment

S = DoorState
PASSAGE = (S.UNLOCKED, S.OPEN, S.WARNING, S.HELD, S.FORCED)
PAIRS = {
    EventKind.DOOR_TAMPERED: EventKind.DOOR_TAMPER_ENDED,
    EventKind.LOCKDOWN_STARTED: EventKind.LOCKDOWN_ENDED,
    EventKind.FIRE_RELEASED: EventKind.FIRE_ENDED,
    EventKind.DOOR_FREE: EventKind.DOOR_FREE_ENDED,
    EventKind.HOLD_STARTED: EventKind.HOLD_ENDED,
}


class DoorLife(RuleBasedStateMachine):
    @initialize()
    def install(self) -> None:
        self.memory = DoorMemory()
        self.released = False
        self.sound = Sound.QUIET
        self.alarm = False
        self.boot(DoorMemory())

    def boot(self, memory: DoorMemory) -> None:
        self.door: Door = recall(DoorSettings(GATE), memory)
        self.pending: set[int] = set()
        self.on: dict[EventKind, bool] = {
            EventKind.LOCKDOWN_STARTED: memory.lockdown,
            EventKind.FIRE_RELEASED: memory.fire,
            EventKind.HOLD_STARTED: memory.hold,
        }
        self.happen(Started())

    def happen(self, happened: Input) -> list[object]:
        self.door, effects = step(self.door, happened, moment())
        for effect in effects:
            match effect:
                case Release():
                    self.released = True
                case Lock():
                    self.released = False
                case SetTimer(number, ms):
                    assert ms > 0
                    assert number not in self.pending
                    self.pending.add(number)
                case Sounder(sound):
                    self.sound = sound
                case Remember(memory):
                    self.memory = memory
                case Note(event):
                    self.told(event.kind)
        return list(effects)

    def told(self, kind: EventKind) -> None:
        """Beginnings and ends alternate; an alarm ends before the next begins."""
        for begins, ends in PAIRS.items():
            if kind in (begins, ends):
                assert self.on.get(begins, False) is (kind is ends)
                self.on[begins] = kind is begins
        if kind in (EventKind.DOOR_FORCED, EventKind.DOOR_HELD):
            assert not self.alarm
            self.alarm = True
        if kind is EventKind.DOOR_RESTORED:
            assert self.alarm
            self.alarm = False

    @rule(for_ms=st.integers(1, 60_000))
    def somebody_is_let_in(self, for_ms: int) -> None:
        self.happen(Granted(for_ms))

    @rule()
    def somebody_goes_out(self) -> None:
        was_pressed = self.door.rex
        effects = self.happen(RexPressed())
        assert was_pressed or isinstance(effects[0], Release), "before anything else"
        assert self.released or self.door.rex is False

    @rule()
    def the_button_is_let_go(self) -> None:
        self.happen(RexReleased())

    @rule()
    def the_leaf_opens(self) -> None:
        self.happen(Opened())

    @rule()
    def the_leaf_closes(self) -> None:
        self.happen(Closed())

    @rule(why=st.text(max_size=20))
    def the_contact_fails(self, why: str) -> None:
        self.happen(ContactLost(why))
        # Nobody can see any more what the alarm was about; the fault of the contact is one itself.
        self.alarm = False

    @rule(on=st.booleans())
    def the_housing(self, on: bool) -> None:
        self.happen(Tampered(on))

    @rule(on=st.booleans())
    def free_time(self, on: bool) -> None:
        self.happen(FreeTime(on))

    @rule(on=st.booleans())
    def hold(self, on: bool) -> None:
        self.happen(Hold(on))

    @rule(on=st.booleans())
    def lockdown(self, on: bool) -> None:
        self.happen(Lockdown(on))

    @rule(on=st.booleans())
    def fire(self, on: bool) -> None:
        began = on and not self.door.fire
        effects = self.happen(Fire(on))
        assert not began or effects[0] == Release(None), "before anything else"

    @rule(data=st.data())
    def a_timer_ends(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.pending) or [0]))
        self.pending.discard(number)
        self.happen(TimerEnded(number))

    @rule()
    def the_daemon_restarts(self) -> None:
        self.boot(self.memory)

    @invariant()
    def a_released_strike_has_a_reason(self) -> None:
        reason = (
            self.door.state in (S.UNLOCKED, S.FREE, S.FIRE_RELEASED) or self.door.leaf is Leaf.OPEN or self.door.rex
        )
        assert not self.released or reason

    @invariant()
    def nobody_is_locked_in(self) -> None:
        assert self.released or not self.door.fire
        assert self.released or not self.door.rex
        assert self.released or self.door.state not in (S.UNLOCKED, S.FREE, S.OPEN, S.WARNING, S.HELD)

    @invariant()
    def what_was_begun_ends_by_itself(self) -> None:
        if self.door.state in (S.UNLOCKED, S.OPEN, S.WARNING):
            assert self.door.timer in self.pending

    @invariant()
    def a_door_at_rest_is_where_the_rules_want_it(self) -> None:
        if self.door.state in REST:
            assert self.door.state is resting_place(self.door)

    @invariant()
    def alarms_sound_and_are_remembered(self) -> None:
        alarmed = self.door.state in ALARMED or self.door.recalled in ALARMED
        assert (self.sound is Sound.ALARM) == alarmed == self.alarm
        assert self.memory == self.door.memory


TestDoorLife = DoorLife.TestCase
TestDoorLife.settings = hypothesis_settings(max_examples=200, stateful_step_count=40, deadline=None)
