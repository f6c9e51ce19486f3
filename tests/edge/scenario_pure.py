"""A scenario's house in the pure core: decider, presence, settling, door machine, doors of wood; time in steps."""

import heapq
from collections.abc import Callable

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import decide
from card_protocol.wire.command import Action
from card_protocol.words.event import Event, tap_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.verdict import Presentation
from edge.core import door_words as words
from edge.core import duress
from edge.core.door import step
from edge.core.door_state import Door, recall
from edge.core.duress import Duress, DuressSettings
from edge.core.orders import Site, news, obstacle, report
from edge.core.presence import Around, Mark, Presence
from edge.core.settle import BUTTON, CONTACT, Belief, Settling, hear, look
from edge.ports.door import DoorMemory
from edge.ports.inputs import Wire
from edge.shell.hours import is_free
from firmware_sim.osdp import door as wood
from tests.edge.scenario_house import AREA, POINTS, House
from tests.edge.scenario_orders import Guard
from tests.edge.scenario_real import BUILD, FIRE, TIMES, UNLOCK_MS, WINDOW_MS

STEP_MS = 5
HOURS_EVERY_MS = 1000
SOME_DAY_MS = 1_780_000_000_000


class PureDoor:
    """One door without any thread. `moment` gives the time, `note` takes events."""

    def __init__(self, point: str, moment: Callable[[], Moment], note: Callable[[Event], None]) -> None:
        self.wood = wood.Door(BUILD)
        self._point, self._moment, self._note = point, moment, note
        self._memory = DoorMemory()
        self._wires = dict.fromkeys((wood.CONTACT, wood.BUTTON, FIRE), False)
        self.start()

    def start(self) -> None:
        self.door: Door = recall(words.DoorSettings(self._point, **TIMES), self._memory)
        self._timers: list[tuple[int, int]] = []
        self._settling = {n: Settling(BUTTON if n == wood.BUTTON else CONTACT) for n in self._wires}
        self.happen(words.Started())
        for number, on in self._wires.items():
            self.hear(number, on)

    @property
    def now_ms(self) -> int:
        return self._moment().mono_ns // 1_000_000

    def happen(self, happened: words.Input) -> None:
        self.door, effects = step(self.door, happened, self._moment())
        for effect in effects:
            match effect:
                case words.Release(for_ms):
                    self.wood.output(wood.STRIKE, True, for_ms or 0, self.now_ms)
                case words.Lock():
                    self.wood.output(wood.STRIKE, False, 0, self.now_ms)
                case words.SetTimer(number, ms):
                    heapq.heappush(self._timers, (self.now_ms + ms, number))
                case words.Note(event):
                    self._note(event)
                case words.Remember(memory):
                    self._memory = memory

    def hear(self, number: int, on: bool) -> None:
        self._wires[number] = on
        self._settling[number] = hear(self._settling[number], Wire.ON if on else Wire.OFF, self.now_ms)

    def tick(self) -> None:
        for number, on in self.wood.tick(self.now_ms):
            self.hear(number, on)
        for number in self._settling:
            self._settling[number], belief, _ = look(self._settling[number], self.now_ms)
            if belief is not None:
                self._believe(number, belief)
        while self._timers and self._timers[0][0] <= self.now_ms:
            self.happen(words.TimerEnded(heapq.heappop(self._timers)[1]))

    def _believe(self, number: int, belief: Belief) -> None:
        on = belief is Belief.ON
        if number == wood.CONTACT and belief.is_fault:
            self.happen(words.ContactLost(belief.value))
            return
        meaning: dict[int, words.Input] = {
            wood.CONTACT: words.Opened() if on else words.Closed(),
            wood.BUTTON: words.RexPressed() if on else words.RexReleased(),
            FIRE: words.Fire(on),
        }
        self.happen(meaning[number])


class Pure:
    """The whole house; time goes in steps of 5 ms."""

    def __init__(self) -> None:
        self._now_ms = 1000
        self._wall_ms = SOME_DAY_MS
        self._events: list[Event] = []
        self._guard, self._done = Guard(), 0
        self._offline_ms = 0
        self._freed: tuple[int, frozenset[int]] = (0, frozenset())
        """Until when [ms] which buttons are free."""

    def begin(self, house: House) -> None:
        self._house = house
        self._wall_ms = SOME_DAY_MS if house.start_ms is None else house.start_ms - self._now_ms
        self._book = MemoryBook(house.head(), house.cards())
        self._duress = Duress(DuressSettings(POINTS["gate"], house.duress_code, WINDOW_MS))
        self._presence = Presence()
        names = ["gate", "exit"] if house.has_exit else ["gate"]
        self._doors = {name: PureDoor(POINTS[name], self._moment, self._events.append) for name in names}
        if house.one_door:
            self._doors["exit"] = self._doors["gate"]
        self._pass(300)

    def _moment(self) -> Moment:
        return Moment(
            wall_ms=self._wall_ms + self._now_ms,
            mono_ns=self._now_ms * 1_000_000,
            boot="pure",
            clock=ClockQuality.SERVER,
        )

    def _pass(self, ms: int) -> None:
        end_ms = self._now_ms + ms
        while self._now_ms < end_ms:
            self._now_ms += STEP_MS
            for name, door in self._own_doors():
                door.tick()
                if self._now_ms % HOURS_EVERY_MS == 0:
                    door.happen(words.FreeTime(is_free(self._book, POINTS[name], self._moment())))

    def _own_doors(self) -> list[tuple[str, PureDoor]]:
        return [(name, door) for name, door in self._doors.items() if name == "gate" or not self._house.one_door]

    def _restart(self) -> None:
        self._presence = Presence()
        for event in self._events:
            self._presence.hear(event, self._book)
        for name, door in self._own_doors():
            door.start()
            door.happen(words.FreeTime(is_free(self._book, POINTS[name], self._moment())))
        self._bring_about()
        self._pass(300)

    def _carry_out(self) -> None:
        """What `OrderKeeper` does with what is kept, without threads and files."""
        orders, moment = self._guard.orders, self._moment()
        points = frozenset(POINTS[name] for name in self._doors)
        for command in news(orders, self._done):
            why, self._done = obstacle(command, Site(points, points), moment), command.number
            if not why and command.action is Action.OPEN_ONCE:
                self._door_of(command.point).happen(words.Granted(UNLOCK_MS))
            elif not why and command.action is Action.FORGIVE:
                self._presence.forgive(AREA, Mark.of(moment))
            self._events.append(report(command, moment, why))
        self._bring_about()

    def _bring_about(self) -> None:
        for name, door in self._own_doors():
            door.happen(words.Hold(self._guard.orders.is_held(POINTS[name])))
            door.happen(words.Lockdown(self._guard.orders.lockdown_of(AREA) > 0))

    def _door_of(self, point: str | None) -> "PureDoor":
        return next(door for name, door in self._doors.items() if POINTS[name] == point)

    def _tap(self, who: str, where: str) -> None:
        point, moment = POINTS[where], self._moment()
        forced = where == "gate" and duress.stands(self._duress, self._now_ms)
        shown = Presentation(uid=self._house.uid(who), assurance=Assurance.READER, duress=forced)
        open_points = frozenset(POINTS[name] for name, door in self._doors.items() if not door.door.is_shut)
        around = Around(open_points, {AREA: self._guard.orders.lockdown_of(AREA)}, self._offline_ms)
        situation = self._presence.situation(shown, point, self._book, moment, around)
        verdict = decide(shown, point, self._book, moment, situation)
        self._events.append(tap_event(shown, verdict, moment, situation))
        self._presence.hear(self._events[-1], self._book)
        self._duress = duress.tapped(self._duress, self._events[-1], self._now_ms)
        if verdict.granted and self._house.lift:
            self._freed = (self._now_ms + UNLOCK_MS, verdict.floors)
        elif verdict.granted:
            self._doors[where].happen(words.Granted(UNLOCK_MS))

    def do(self, who: str, what: str, where: str) -> None:
        door = self._doors[where]
        verb, *more = what.split()
        verbs: dict[str, Callable[[], object]] = {
            "taps": lambda: self._tap(who, where),
            "pushes": lambda: door.wood.push(self._now_ms),
            "lets go": lambda: door.wood.let_go(self._now_ms),
            "forces": lambda: door.wood.force(self._now_ms),
            "props": door.wood.prop,
            "unprops": lambda: door.wood.unprop(self._now_ms),
            "presses": lambda: door.wood.press(True, self._now_ms),
            "releases": lambda: door.wood.press(False, self._now_ms),
            "fires": lambda: door.hear(FIRE, True),
            "resets": lambda: door.hear(FIRE, False),
            "presses the hidden button": lambda: self._sign(duress.given, duress.BUTTON),
            "lets the hidden button go": lambda: None,
            "flutters": lambda: self._flutter(door),
            "opens the housing": lambda: door.happen(words.Tampered(True)),
            "closes the housing": lambda: door.happen(words.Tampered(False)),
            "restarts": self._restart,
            "passes": lambda: None,
        }
        if what in verbs:
            verbs[what]()
        elif self._guard.says(what, POINTS[where], self._moment()):
            self._carry_out()
        elif what.startswith("has been away for "):
            self._offline_ms = 1000 * int(more[-2])
        elif verb == "types":
            for pressed in more[0]:
                self._sign(duress.key, pressed)
        elif verb == "shows":
            self._wall_ms = self._house.at(*more) - self._now_ms
            self._restart()
        else:
            raise AssertionError(what)

    def _sign(self, given: Callable[..., tuple[Duress, Event | None]], what: str) -> None:
        """At the gate; the exit has no sign."""
        self._duress, event = given(self._duress, what, self._moment(), self._now_ms)
        self._events += [event] if event is not None else []

    def _flutter(self, door: PureDoor) -> None:
        for change in range(26):
            door.hear(wood.CONTACT, change % 2 == 0)
            self._pass(60)

    def events(self) -> list[Event]:
        return [event for event in self._events if event.point is not None]

    def is_released(self, where: str) -> bool:
        return self._doors[where].wood.is_released(self._now_ms)

    def is_open(self, where: str) -> bool:
        return self._doors[where].wood.is_open

    def floors(self) -> set[int]:
        until_ms, floors = self._freed
        return set(floors) if self._now_ms < until_ms else set()

    def eventually(self, question: Callable[[], bool], what: str) -> None:
        for _ in range(4000):
            if question():
                return
            self._pass(STEP_MS)
        told = [event.reason or event.kind.value for event in self._events]
        raise AssertionError(f"{what}: {told}")
