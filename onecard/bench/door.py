"""How long a door takes over OSDP, beside the bare line in the same run.

A door: from the moment at which the reader has a card to tell, to the strike's command at the reader, through the
daemon's own loop and door, with the journal committed in between. Its floor: the same driver on a second line of the
same speed, where the card is answered with the strike at once. A reader speaks only when it is polled, so both hold a
part of a poll cycle, which is measured besides. Samples are taken in turn, spread over the cycle.
"""

import contextlib
import itertools
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from card_protocol.words.point import Assurance
from edge.app import Site, make_door, make_loop
from edge.config import EdgeConfig
from edge.core.tap import TapState
from edge.drivers.osdp_bus import OsdpBus
from edge.drivers.osdp_unit import Switch, UnitPlace
from edge.drivers.reader_store import KEY_BYTES, KnownReader, ReaderStore
from edge.shell.tap_loop import TapLoop
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.peripheral import Peripheral
from gateway.app import Box, open_box
from onecard.bench.figures import percentile, rounded
from onecard.bench.tap_stage import POINT, UID, Community, box_folder

BAUD: Final = 115_200
READER: Final = "bench"
SAMPLE_TIMEOUT_S: Final = 10.0
WARM_UP: Final = 3
SPREAD_MS: Final = 50
"""The length of libosdp's poll cycle: samples begin at every part of it."""

PAUSE_MS: Final = 120
POLLS_MAX: Final = 100_000

Tell = Callable[[int, int], None]
"""(samples done, samples in all)."""


@dataclass(frozen=True)
class DoorFigures:
    """Milliseconds. `added_p50_ms` is what the tap, the decision, the journal and the door cost beside the line."""

    p50_ms: float
    p99_ms: float
    floor_p50_ms: float
    floor_p99_ms: float
    poll_p50_ms: float
    poll_p99_ms: float
    added_p50_ms: float
    ratio: float


class _Timed(Peripheral):
    """A reader that notes when it is spoken to and when its strike moves."""

    def __init__(self, key: bytes) -> None:
        super().__init__(0, key, os.urandom)
        self.heard_ns: list[int] = []
        self.moved = threading.Event()
        self.moved_ns = 0
        self.terminals.on_output = self._moves

    def receive(self, raw: bytes, now_ms: int) -> bytes | None:
        """See `Peripheral.receive`."""
        if len(self.heard_ns) < POLLS_MAX:
            self.heard_ns.append(time.monotonic_ns())
        return super().receive(raw, now_ms)

    def _moves(self, _number: int, on: bool, _for_ms: int) -> None:
        if on:
            self.moved_ns = time.monotonic_ns()
            self.moved.set()


class _Line:
    """A simulated line with one reader on it."""

    def __init__(self, path: Path) -> None:
        self.key = secrets.token_bytes(KEY_BYTES)
        self.reader = _Timed(self.key)
        self.bus = Rs485Bus(path, [self.reader], BAUD)

    def sample(self) -> float:
        """Hold a card to the reader; milliseconds until the strike's command arrives."""
        self.reader.moved.clear()
        begun_ns = time.monotonic_ns()
        with self.bus.lock:
            self.reader.present(UID)
        if not self.reader.moved.wait(SAMPLE_TIMEOUT_S):
            raise RuntimeError(f"the strike did not move in {SAMPLE_TIMEOUT_S:.0f} s")
        return (self.reader.moved_ns - begun_ns) / 1_000_000


def run(taps: int, tell: Tell) -> dict[str, Any]:
    """Measure; milliseconds in `door`."""
    with box_folder() as folder, contextlib.ExitStack() as closing:
        Community().enrol(folder, Assurance.READER)
        door, bare = (_Line(folder / name) for name in ("ttyDoor", "ttyBare"))
        for line in (door, bare):
            closing.callback(line.bus.close)
        closing.enter_context(_bare_panel(bare))
        box = closing.enter_context(open_box(folder))
        with _daemon(folder, box, door) as loop:
            _wait_until(lambda: bare.reader.is_secure and loop.state not in (TapState.STARTING, TapState.NO_READER))
            door_ms, bare_ms = [], []
            for done in range(taps + WARM_UP):
                time.sleep((PAUSE_MS + done * 7 % SPREAD_MS) / 1000)
                bare_ms.append(bare.sample())
                door_ms.append(door.sample())
                tell(min(done + 1, taps), taps)
    return {"taps": taps, "baud": BAUD, "door": asdict(_figures(door_ms[WARM_UP:], bare_ms[WARM_UP:], _cycles(bare)))}


def _wait_until(question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SAMPLE_TIMEOUT_S
    while not question():
        if time.monotonic() > deadline:
            raise RuntimeError("a reader did not come online")
        time.sleep(0.01)


@contextmanager
def _daemon(folder: Path, box: Box, line: _Line) -> Iterator[TapLoop]:
    """The daemon's own loop and door for one point, set up as it does it."""
    known = KnownReader(name=READER, port=str(line.bus.path), baud=BAUD, address=0, key=line.key.hex())
    ReaderStore(folder).put(known)
    spec = f"osdp:{READER}"
    point = {"id": POINT, "reader": spec, "lock": f"{spec}/0", "feedback": spec, "unlock_ms": 500}
    config = EdgeConfig.model_validate({"state_dir": str(folder), "points": [point]})
    stop = threading.Event()
    with contextlib.ExitStack() as closing:
        site = Site(config, box, closing)
        door = make_door(config.points[0], site)
        door.start()
        loop = make_loop(config.points[0], site, door, stop)
        thread = threading.Thread(target=loop.run, daemon=True)
        thread.start()
        try:
            yield loop
        finally:
            stop.set()
            thread.join(SAMPLE_TIMEOUT_S)


@contextmanager
def _bare_panel(line: _Line) -> Iterator[None]:
    """A panel that answers every card with the strike, and knows nothing else."""
    bus = OsdpBus(str(line.bus.path), BAUD, [UnitPlace(READER, 0, line.key)])
    unit, stopped = bus.unit(READER), threading.Event()

    def answer() -> None:
        while not stopped.is_set():
            if unit.is_online and unit.wait_for_card(200) is not None:
                unit.give(Switch(0, on=True, for_ms=500))
            elif not unit.is_online:
                stopped.wait(0.01)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(SAMPLE_TIMEOUT_S)
        bus.close()


def _cycles(line: _Line) -> list[float]:
    """Between two questions to a reader, in milliseconds; what followed a command at once is no cycle."""
    heard = line.reader.heard_ns
    spans = [(after - before) / 1_000_000 for before, after in itertools.pairwise(heard)]
    return [span for span in spans if span > SPREAD_MS / 2] or spans


def _figures(door_ms: list[float], bare_ms: list[float], cycles_ms: list[float]) -> DoorFigures:
    p50, floor_p50 = percentile(door_ms, 50), percentile(bare_ms, 50)
    return DoorFigures(
        p50_ms=rounded(p50),
        p99_ms=rounded(percentile(door_ms, 99)),
        floor_p50_ms=rounded(floor_p50),
        floor_p99_ms=rounded(percentile(bare_ms, 99)),
        poll_p50_ms=rounded(percentile(cycles_ms, 50)),
        poll_p99_ms=rounded(percentile(cycles_ms, 99)),
        added_p50_ms=rounded(p50 - floor_p50),
        ratio=rounded(p50 / floor_p50),
    )
