"""Decider, past and door machine together, under every order of what people, guards, clocks and wires do.

Kept beside them is a ledger that knows no machine: why the strike may be released at this moment. No sequence of inputs
leaves the door unlocked without an entry in it, and none locks anybody in.
"""

import heapq

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import decide
from card_protocol.policy.rules import Passback
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, tap_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance, Direction
from card_protocol.words.schedule import HOLIDAY, Interval
from card_protocol.words.verdict import Presentation
from edge.core import door_words as words
from edge.core.door import step
from edge.core.door_state import Door, recall
from edge.core.presence import Around, Mark, Presence
from edge.ports.door import DoorMemory
from edge.shell.hours import is_free
from tests.edge.scenario_house import AREA, EXIT, House, wall_ms
from tests.edge.words import GATE

UNLOCK_MS, HELD_MS = 3000, 5000
SETTINGS = words.DoorSettings(GATE, rex_ms=2000, held_ms=HELD_MS, alarm_ms=4000, rex_stuck_ms=9000)
EIGHT, NINE = 8 * 60, 9 * 60
PEOPLE = {
    "lin": CardState.ACTIVE,
    "wu": CardState.ACTIVE,
    "gao": CardState.ACTIVE,
    "tao": CardState.LOST,
    "mei": CardState.ACTIVE,
}
ROLES = {"wu": "staff", "gao": "police"}
MAY_ENTER_AT = {1: {"wu", "gao"}, 2: {"gao"}}


def house(passback: Passback, capacity: int | None, *, first_person: bool, free: bool) -> House:
    made = House(has_exit=True, one_door=True, states=dict(PEOPLE), without_rights={"mei"})
    made.start_ms = wall_ms("2026-09-30", "07", "55")
    made.traits = {name: {"roles": frozenset({role})} for name, role in ROLES.items()}
    made.area = {"passback": passback, "capacity": capacity}
    levels = (frozenset({"staff", "police"}), frozenset({"police"}))
    made.privileges = {"lockdown": levels, "first_person": frozenset({"staff"})}
    made.gate = {"first_person": first_person}
    if free:
        made.free = tuple(Interval(day=day, start=EIGHT, end=NINE) for day in range(HOLIDAY + 1))
        made.gate["free"] = "free"
    return made


class DecidedDoorLife(RuleBasedStateMachine):
    @initialize(
        passback=st.sampled_from(Passback),
        capacity=st.sampled_from([None, 0, 1, 2]),
        first_person=st.booleans(),
        free=st.booleans(),
    )
    def install(self, passback: Passback, capacity: int | None, first_person: bool, free: bool) -> None:
        self.house = house(passback, capacity, first_person=first_person, free=free)
        self.book = MemoryBook(self.house.head(), self.house.cards())
        self.has_free_time = free
        self.now_ms = 0
        self.events: list[Event] = []
        self.memory = DoorMemory()
        self.level = 0
        self.held = self.fire = self.leaf_open = self.pressed = False
        self.let_until_ms = 0
        """The ledger: until when somebody was let through."""
        self.inside: set[str] = set()
        self.boot()

    # ---- the world

    def moment(self) -> Moment:
        assert self.house.start_ms is not None
        wall = self.house.start_ms + self.now_ms
        return Moment(wall_ms=wall, mono_ns=self.now_ms * 1_000_000, boot="b1", clock=ClockQuality.SERVER)

    def boot(self) -> None:
        self.door: Door = recall(SETTINGS, self.memory)
        self.timers: list[tuple[int, int]] = []
        self.strike_until_ms: int | None = 0
        """None: until told otherwise."""
        self.presence = Presence()
        for event in self.events:
            self.presence.hear(event, self.book)
        self.happen(words.Started())
        self.happen(words.Opened() if self.leaf_open else words.Closed())
        self.happen(words.RexPressed() if self.pressed else words.RexReleased())
        self.happen(words.Fire(self.fire))
        self.look()

    def look(self) -> None:
        """What the edge does every second: free time, holds, lockdowns."""
        self.happen(words.FreeTime(is_free(self.book, GATE, self.moment())))
        self.happen(words.Hold(self.held))
        self.happen(words.Lockdown(self.level > 0))

    def happen(self, happened: words.Input) -> None:
        self.door, effects = step(self.door, happened, self.moment())
        for effect in effects:
            match effect:
                case words.Release(for_ms):
                    self.strike_until_ms = None if for_ms is None else self.now_ms + for_ms
                case words.Lock():
                    self.strike_until_ms = self.now_ms
                case words.SetTimer(number, ms):
                    heapq.heappush(self.timers, (self.now_ms + ms, number))
                case words.Remember(memory):
                    self.memory = memory

    @property
    def released(self) -> bool:
        return self.strike_until_ms is None or self.strike_until_ms > self.now_ms

    def asked(self, who: str, point: str) -> Event:
        shown = Presentation(uid=self.house.uid(who), assurance=Assurance.READER)
        around = Around(lockdown={AREA: self.level})
        situation = self.presence.situation(shown, point, self.book, self.moment(), around)
        return tap_event(shown, decide(shown, point, self.book, self.moment(), situation), self.moment(), situation)

    # ---- what people, guards, clocks and wires do

    @rule(who=st.sampled_from(sorted(PEOPLE)), way=st.sampled_from([Direction.IN, Direction.OUT]))
    def taps(self, who: str, way: Direction) -> None:
        event = self.asked(who, GATE if way is Direction.IN else EXIT)
        self.events.append(event)
        self.presence.hear(event, self.book)
        if not event.granted:
            return
        assert who not in ("tao", "mei"), "a lost card, one without rights"
        assert way is Direction.OUT or not self.level or who in MAY_ENTER_AT[self.level], "locked down"
        self.let_until_ms = max(self.let_until_ms, self.now_ms + UNLOCK_MS)
        self.inside = self.inside | {who} if way is Direction.IN else self.inside - {who}
        self.happen(words.Granted(UNLOCK_MS))

    @precondition(lambda self: not self.leaf_open and self.released)
    @rule()
    def somebody_pushes(self) -> None:
        self.leaf_open = True
        self.happen(words.Opened())

    @precondition(lambda self: not self.leaf_open and not self.released)
    @rule()
    def somebody_forces_it(self) -> None:
        self.leaf_open = True
        self.happen(words.Opened())

    @precondition(lambda self: self.leaf_open)
    @rule()
    def the_leaf_falls_shut(self) -> None:
        self.leaf_open = False
        self.happen(words.Closed())

    @rule(pressed=st.booleans())
    def the_button(self, pressed: bool) -> None:
        self.pressed = pressed
        if pressed:
            self.let_until_ms = max(self.let_until_ms, self.now_ms + SETTINGS.rex_ms)
        self.happen(words.RexPressed() if pressed else words.RexReleased())

    @rule(on=st.booleans())
    def fire_panel(self, on: bool) -> None:
        self.fire = on
        self.happen(words.Fire(on))

    @rule(level=st.integers(0, 2))
    def the_guard_locks_down(self, level: int) -> None:
        self.level = level
        self.look()

    @rule(on=st.booleans())
    def the_guard_holds(self, on: bool) -> None:
        self.held = on
        self.look()

    @rule()
    def the_guard_forgives(self) -> None:
        self.presence.forgive(AREA, Mark.of(self.moment()))

    @rule(ms=st.sampled_from([1, 500, 2500, 3000, 10_000, 300_000, 3_600_000]))
    def time_passes(self, ms: int) -> None:
        end_ms = self.now_ms + ms
        while self.timers and self.timers[0][0] <= end_ms:
            self.now_ms, number = heapq.heappop(self.timers)
            self.happen(words.TimerEnded(number))
        self.now_ms = end_ms
        self.look()

    @rule(why=st.sampled_from(["cut", "flutters"]))
    def the_contact_fails(self, why: str) -> None:
        self.happen(words.ContactLost(why))

    @rule()
    def the_contact_is_mended(self) -> None:
        self.happen(words.Opened() if self.leaf_open else words.Closed())

    @rule()
    def the_box_restarts(self) -> None:
        self.boot()

    # ---- what is promised

    @invariant()
    def a_released_strike_has_an_entry(self) -> None:
        free = self.has_free_time and is_free(self.book, GATE, self.moment())
        wanted = (self.held or free) and not self.level
        let = self.now_ms < self.let_until_ms
        if self.pressed and self.door.rex:
            # Until the button is let go, and as long as a press lasts from then on.
            self.let_until_ms = max(self.let_until_ms, self.now_ms + SETTINGS.rex_ms)
        assert not self.released or wanted or let or self.fire or self.leaf_open or self.pressed

    @invariant()
    def the_button_and_the_panel_release_at_once_whatever_is(self) -> None:
        for happened, already in ((words.RexPressed(), self.door.rex), (words.Fire(True), self.door.fire)):
            _, effects = step(self.door, happened, self.moment())
            assert isinstance(effects[0], words.Release) if not already else self.released

    @invariant()
    def who_was_let_in_is_let_out(self) -> None:
        for who in sorted(self.inside):
            assert self.asked(who, EXIT).granted, who


TestDecidedDoorLife = DecidedDoorLife.TestCase
TestDecidedDoorLife.settings = hypothesis_settings(max_examples=30, stateful_step_count=30, deadline=None)
