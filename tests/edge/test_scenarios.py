"""Every scenario through the real edge (libosdp, a line, a door of wood) and through the pure core alone."""

import heapq
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from card_protocol.policy.decider import decide
from card_protocol.policy.rules import CardEntry
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, tap_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.verdict import Presentation
from edge import app
from edge.config import EdgeConfig
from edge.core import door_words as words
from edge.core.door import step
from edge.core.door_state import Door, recall
from edge.core.settle import BUTTON, CONTACT, Belief, Settling, hear, look
from edge.drivers.reader_store import KnownReader, ReaderStore
from edge.ports.door import DoorMemory
from edge.ports.inputs import Wire
from firmware_sim.osdp import door as wood
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.mounted import MountedDoor
from firmware_sim.osdp.peripheral import Peripheral
from gateway.app import open_box
from tests.edge.box import enrol, publish
from tests.edge.policy import book, entry, gate
from tests.edge.scenario import FOLDER, play, read
from tests.edge.words import GATE
from tests.support.patience import PATIENCE_S, eventually

KEY = bytes(range(16))
FIRE = 2
UNLOCK_MS = 800
TIMES = {"rex_ms": 600, "held_ms": 1500, "alarm_ms": 1000, "rex_stuck_ms": 5000}
BUILD = wood.Build(closes_after_ms=50)
READER = gate(minimum_assurance=Assurance.READER)
SCENARIOS = sorted(FOLDER.glob("*.txt"))


class People:
    """Who has which card."""

    def __init__(self) -> None:
        self.uids: dict[str, str] = {}
        self.entries: list[CardEntry] = []

    def give(self, who: str, state: CardState | None) -> None:
        number = len(self.uids) + 1
        self.uids[who] = f"04{number:012X}"
        if state is not None:
            card_id = f"01JD00000000000000000000{number:02d}"
            self.entries.append(entry(state, card_id=card_id, uid=self.uids[who], holder=f"{number:016X}"))


class Real:
    """The daemon, a pseudo terminal, a simulated reader, a door that moves with the clock."""

    def __init__(self, folder: Path) -> None:
        self._folder = enrol(folder / "box")
        self._people = People()
        self._reader = Peripheral(1, KEY, os.urandom)
        self._bus = Rs485Bus(folder / "ttyRS485", [self._reader])
        self._door = MountedDoor(self._bus, self._reader, BUILD)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def give_card(self, who: str, state: CardState | None) -> None:
        self._people.give(who, state)

    def begin(self) -> None:
        publish(self._folder, *self._people.entries, point=READER)
        store = ReaderStore(self._folder)
        store.put(KnownReader(name="north", port=str(self._bus.path), address=1, key=KEY.hex()))
        self._start()

    def _start(self) -> None:
        wires = {
            "contact": "osdp:north/0",
            "rex": "osdp:north/1",
            "fire": "osdp:north/2",
            "tamper": "osdp:north/tamper",
        }
        point = {"id": GATE, "reader": "osdp:north", "lock": "osdp:north/0", "feedback": "osdp:north"}
        point |= {"unlock_ms": UNLOCK_MS, "door": wires | TIMES | {"sounder": "osdp:north"}}
        config = EdgeConfig.model_validate({"state_dir": str(self._folder), "points": [point]})
        self._stop = threading.Event()
        self._thread = threading.Thread(target=app.run, args=(config, self._stop), daemon=True)
        self._thread.start()
        # The line is up and its wires have been believed.
        eventually(lambda: self._reader.is_secure)
        self._stop.wait(0.3)

    def do(self, who: str, what: str) -> None:
        door = self._door
        verbs: dict[str, Callable[[], object]] = {
            "taps": lambda: door.present(bytes.fromhex(self._people.uids[who])),
            "pushes": door.push,
            "lets go": door.let_go,
            "forces": door.force,
            "props": door.prop,
            "unprops": door.unprop,
            "presses": lambda: door.press(True),
            "releases": lambda: door.press(False),
            "fires": lambda: self._wire(FIRE, True),
            "resets": lambda: self._wire(FIRE, False),
            "opens the housing": lambda: door.tamper(True),
            "closes the housing": lambda: door.tamper(False),
            "restarts": self._restart,
            "passes": lambda: None,
        }
        verbs[what]()

    def _wire(self, number: int, on: bool) -> None:
        with self._bus.lock:
            self._reader.set_input(number, on)

    def _restart(self) -> None:
        self._end()
        with self._bus.lock:
            self._reader.drop_session()
        self._start()

    def events(self) -> list[Event]:
        with open_box(self._folder) as box:
            events = [Event.from_bytes(item.body) for item in box.journal.read(1, 1000)]
        return [event for event in events if event.point == GATE]

    def is_released(self) -> bool:
        return self._door.is_released

    def is_open(self) -> bool:
        return self._door.is_open

    def eventually(self, question: Callable[[], bool], what: str) -> None:
        try:
            eventually(question)
        except AssertionError:
            raise AssertionError(f"{what}: {[event.kind.value for event in self.events()]}") from None

    def _end(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)

    def close(self) -> None:
        self._end()
        self._door.close()
        self._bus.close()


class Pure:
    """The decider, the settling of wires, the door machine and the door of wood; time goes in steps of 5 ms."""

    def __init__(self) -> None:
        self._people = People()
        self._now_ms = 1000
        self._wood = wood.Door(BUILD)
        self._memory = DoorMemory()
        self._events: list[Event] = []

    def give_card(self, who: str, state: CardState | None) -> None:
        self._people.give(who, state)

    def begin(self) -> None:
        self._book = book(*self._people.entries, point=READER)
        self._wires = dict.fromkeys((wood.CONTACT, wood.BUTTON, FIRE), False)
        self._tampered = False
        self._start()

    def _start(self) -> None:
        self._door: Door = recall(words.DoorSettings(GATE, **TIMES), self._memory)
        self._timers: list[tuple[int, int]] = []
        self._settling = {n: Settling(BUTTON if n == wood.BUTTON else CONTACT) for n in self._wires}
        self._happen(words.Started())
        for number, on in self._wires.items():
            self._hear(number, on)
        self._pass(300)

    def _moment(self) -> Moment:
        return Moment(
            wall_ms=1_780_000_000_000 + self._now_ms,
            mono_ns=self._now_ms * 1_000_000,
            boot="pure",
            clock=ClockQuality.SERVER,
        )

    def _happen(self, happened: words.Input) -> None:
        self._door, effects = step(self._door, happened, self._moment())
        for effect in effects:
            match effect:
                case words.Release(for_ms):
                    self._wood.output(wood.STRIKE, True, for_ms or 0, self._now_ms)
                case words.Lock():
                    self._wood.output(wood.STRIKE, False, 0, self._now_ms)
                case words.SetTimer(number, ms):
                    heapq.heappush(self._timers, (self._now_ms + ms, number))
                case words.Note(event):
                    self._events.append(event)
                case words.Remember(memory):
                    self._memory = memory

    def _hear(self, number: int, on: bool) -> None:
        self._wires[number] = on
        self._settling[number] = hear(self._settling[number], Wire.ON if on else Wire.OFF, self._now_ms)

    def _pass(self, ms: int) -> None:
        end_ms = self._now_ms + ms
        while self._now_ms < end_ms:
            self._now_ms += 5
            for number, on in self._wood.tick(self._now_ms):
                self._hear(number, on)
            for number in self._settling:
                self._settling[number], belief, _ = look(self._settling[number], self._now_ms)
                if belief is not None:
                    self._believe(number, belief is Belief.ON)
            while self._timers and self._timers[0][0] <= self._now_ms:
                self._happen(words.TimerEnded(heapq.heappop(self._timers)[1]))

    def _believe(self, number: int, on: bool) -> None:
        meaning: dict[int, words.Input] = {
            wood.CONTACT: words.Opened() if on else words.Closed(),
            wood.BUTTON: words.RexPressed() if on else words.RexReleased(),
            FIRE: words.Fire(on),
        }
        self._happen(meaning[number])

    def _tap(self, who: str) -> None:
        shown = Presentation(uid=self._people.uids[who], assurance=Assurance.READER)
        verdict = decide(shown, GATE, self._book, self._moment())
        self._events.append(tap_event(shown, verdict, self._moment()))
        if verdict.granted:
            self._happen(words.Granted(UNLOCK_MS))

    def do(self, who: str, what: str) -> None:
        verbs: dict[str, Callable[[], object]] = {
            "taps": lambda: self._tap(who),
            "pushes": lambda: self._wood.push(self._now_ms),
            "lets go": lambda: self._wood.let_go(self._now_ms),
            "forces": lambda: self._wood.force(self._now_ms),
            "props": self._wood.prop,
            "unprops": lambda: self._wood.unprop(self._now_ms),
            "presses": lambda: self._wood.press(True, self._now_ms),
            "releases": lambda: self._wood.press(False, self._now_ms),
            "fires": lambda: self._hear(FIRE, True),
            "resets": lambda: self._hear(FIRE, False),
            "opens the housing": lambda: self._happen(words.Tampered(True)),
            "closes the housing": lambda: self._happen(words.Tampered(False)),
            "restarts": self._start,
            "passes": lambda: None,
        }
        verbs[what]()

    def events(self) -> list[Event]:
        return self._events

    def is_released(self) -> bool:
        return self._wood.is_released(self._now_ms)

    def is_open(self) -> bool:
        return self._wood.is_open

    def eventually(self, question: Callable[[], bool], what: str) -> None:
        for _ in range(4000):
            if question():
                return
            self._pass(5)
        raise AssertionError(f"{what}: {[event.kind.value for event in self._events]}")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_through_the_pure_core(path: Path) -> None:
    play(read(path), Pure())


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    stage = Real(tmp_path)
    yield stage
    stage.close()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_through_the_real_edge(path: Path, real: Real) -> None:
    play(read(path), real)


def test_a_door_that_does_something_else_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text("Wrong.\n\nlin has an active card\nlin taps : revoked\n")
    with pytest.raises(AssertionError, match="lin taps : revoked"):
        play(read(path), Pure())
