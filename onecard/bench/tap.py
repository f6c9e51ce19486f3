"""How long a whole tap takes, beside its floor on the same stack in the same run.

A tap: from the reader's first sight of the card to the unlock, through the daemon's own thread, with the journal
committed in between. Its floor: the same APDUs, recorded once, sent bare over the same driver to a card that answers
them the same, then one bare INSERT with synchronous = FULL of a row as large as the event's. Samples of both are
taken in turn, so that whatever the machine does meanwhile happens to both.
"""

import contextlib
import gc
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from card_protocol.channel.converse import converse
from card_protocol.profiles.air_time import Exchange, air_time
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.reason import Reason
from edge.app import Site, make_door, make_loop
from edge.config import EdgeConfig
from edge.core.present import present
from edge.core.tap import ROUND_TRIPS, SEEN_TO_APPEND_US
from edge.drivers.registry import open_reader
from edge.drivers.sim_lock import SimLock
from edge.ports.reader import CardInField, Reader
from firmware_sim.card.card import Card
from gateway.app import Box, open_box
from onecard.bench.far_side import FLOOR, TAP, FarSide, no_chance
from onecard.bench.figures import percentile, rounded
from onecard.bench.tap_stage import POINT, UID, Community, Stack, StackAbsent, box_folder, spots

SAMPLE_TIMEOUT_S: Final = 10.0
HOLDS: Final = 3
HOLD_S: Final = 4.0
WARM_UP_TAPS: Final = 3
ROW_BYTES: Final = 500
READ_EVENTS: Final = 1000

Tell = Callable[[str, int, int], None]
"""(stack, samples done, samples in all)."""


@dataclass(frozen=True)
class TapFigures:
    """One stack. Milliseconds; the air time is a model (`card_protocol.profiles.air_time`), the others measured."""

    p50_ms: float
    p99_ms: float
    floor_p50_ms: float
    floor_p99_ms: float
    ratio: float
    round_trips_before_unlock: int
    bytes_on_air: int
    modelled_air_ms_106: float


def run(taps: int, stacks: Sequence[Stack], tell: Tell) -> dict[str, Any]:
    """Measure; a stack that this machine lacks is under `absent` with the reason."""
    report: dict[str, Any] = {"taps": taps, "stacks": {}}
    for stack in stacks:
        with box_folder() as folder:
            try:
                report["stacks"][stack.value] = asdict(_measure(stack, folder, taps, tell))
            except StackAbsent as absent:
                report.setdefault("absent", {})[stack.value] = str(absent)
    return report


def _measure(stack: Stack, folder: Path, taps: int, tell: Tell) -> TapFigures:
    community = Community()
    community.enrol(folder)
    card = community.issue()
    recording = _record(community, card)
    with spots(stack, folder, card) as there, open_box(folder) as box:
        tap = _TapSampler(there.far, there.readers[TAP], box)
        floor = _FloorSampler(there.far, there.readers[FLOOR], folder, recording)
        floor_ms = []
        with tap.running(folder), floor.open():
            for done in range(taps + WARM_UP_TAPS):
                floor_ms.append(floor.sample())
                tap.sample()
                tell(stack.value, min(done + 1, taps), taps)
        tap_ms, trips = tap.results()
    return _figures(tap_ms[WARM_UP_TAPS:], floor_ms[WARM_UP_TAPS:], trips, recording)


def _figures(
    tap_ms: Sequence[float], floor_ms: Sequence[float], trips: int, recording: Sequence[Exchange]
) -> TapFigures:
    air = air_time(recording, 106)
    p50, floor_p50 = percentile(tap_ms, 50), percentile(floor_ms, 50)
    return TapFigures(
        p50_ms=rounded(p50),
        p99_ms=rounded(percentile(tap_ms, 99)),
        floor_p50_ms=rounded(floor_p50),
        floor_p99_ms=rounded(percentile(floor_ms, 99)),
        ratio=rounded(p50 / floor_p50),
        round_trips_before_unlock=trips,
        bytes_on_air=air.bytes_on_air,
        modelled_air_ms_106=air.air_ms,
    )


def _record(community: Community, card: Card) -> list[Exchange]:
    """The APDUs of one tap and their answers."""
    replayed = Card(card.state, no_chance)
    replayed.power_on()
    recording: list[Exchange] = []

    def transmit(command: bytes) -> bytes:
        answer = replayed.transmit(command)
        recording.append((command, answer))
        return answer

    moment = Moment(wall_ms=1, mono_ns=0, boot="bench", clock=ClockQuality.SERVER)
    told = converse(present(UID.hex().upper(), community.bundle(), os.urandom, moment), transmit)
    if told.presentation.card_id is None:
        raise RuntimeError(f"the bench's card was refused: {told.cause}")
    return recording


class _UnlockTimes(SimLock):
    """A lock that remembers when it was opened."""

    def __init__(self) -> None:
        super().__init__(POINT)
        self.times_ns: list[int] = []
        self.opened = threading.Event()

    def unlock(self, for_ms: int | None) -> None:
        self.times_ns.append(time.monotonic_ns())
        super().unlock(for_ms)
        self.opened.set()


class _TapSampler:
    """The daemon's own loop for one point, set up as the daemon does it; what it measured is in the journal."""

    def __init__(self, far: FarSide, reader: str, box: Box) -> None:
        self._far = far
        self._spec = reader
        self._box = box
        self._lock = _UnlockTimes()
        self._stop = threading.Event()

    @contextmanager
    def running(self, folder: Path) -> Iterator[None]:
        point = {"id": POINT, "reader": self._spec, "lock": "sim"}
        config = EdgeConfig.model_validate({"state_dir": str(folder), "points": [point]})
        with contextlib.ExitStack() as closing:
            site = Site(config, self._box, closing)
            site.registry.locks["sim"] = lambda _: self._lock
            door = make_door(config.points[0], site)
            door.start()
            self._loop = make_loop(config.points[0], site, door, self._stop)
            thread = threading.Thread(target=self._loop.run, daemon=True)
            thread.start()
            gc.collect()
            gc.freeze()
            try:
                yield
            finally:
                self._stop.set()
                thread.join(SAMPLE_TIMEOUT_S)

    def sample(self) -> None:
        """One card held to the reader until the door opens, and taken away.

        On a machine that stands still for a second pcscd loses a card, and the tap ends as "pulled away"; then it is
        held again, as people do.
        """
        for _ in range(HOLDS):
            self._lock.opened.clear()
            self._far.place(TAP)
            opened = self._lock.opened.wait(HOLD_S)
            self._far.clear(TAP)
            _wait_until(lambda: not self._loop.is_busy)
            if opened:
                return
        raise RuntimeError(f"the card was held {HOLDS} times for {HOLD_S:.0f} s and opened nothing")

    def results(self) -> tuple[list[float], int]:
        """Milliseconds of each tap in order, and the round trips of the last one."""
        events = [Event.from_bytes(entry.body) for entry in self._box.journal.read(1, READ_EVENTS)]
        taps = [event for event in events if event.kind is EventKind.TAP and event.reason is Reason.GRANTED]
        seen_ns = [tap.mono_ns - int(tap.detail[SEEN_TO_APPEND_US]) * 1000 for tap in taps]
        pairs = zip(self._lock.times_ns, seen_ns, strict=True)
        return [(opened - seen) / 1_000_000 for opened, seen in pairs], int(taps[-1].detail[ROUND_TRIPS])


class _FloorSampler:
    """The recording on the bare driver, and a bare INSERT."""

    def __init__(self, far: FarSide, reader: str, folder: Path, recording: Sequence[Exchange]) -> None:
        self._far = far
        self._spec = reader
        self._path = folder / "floor.db"
        self._recording = recording
        self._reader: Reader | None = None
        self._row = os.urandom(ROW_BYTES)

    @contextmanager
    def open(self) -> Iterator[None]:
        self._reader = open_reader(self._spec)
        self._database = sqlite3.connect(self._path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("CREATE TABLE row (seq INTEGER PRIMARY KEY, body BLOB)")
        try:
            yield
        finally:
            self._database.close()
            self._reader.close()

    def sample(self) -> float:
        """Milliseconds."""
        assert self._reader is not None
        self._far.place(FLOOR)
        card = self._wait_for_card(self._reader)
        for command, wanted in self._recording:
            if card.transmit(command) != wanted:
                raise RuntimeError("the floor's card did not answer the recording as it had answered the tap")
        self._database.execute("INSERT INTO row (body) VALUES (?)", (self._row,))
        took_ms = (time.monotonic_ns() - card.seen_ns) / 1_000_000
        self._far.clear(FLOOR)
        _wait_until(lambda: card.wait_for_removal(100))
        return took_ms

    def _wait_for_card(self, reader: Reader) -> CardInField:
        card = reader.wait_for_card(int(SAMPLE_TIMEOUT_S * 1000))
        if card is None:
            raise RuntimeError(f"the reader saw no card in {SAMPLE_TIMEOUT_S:.0f} s")
        return card


def _wait_until(question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SAMPLE_TIMEOUT_S
    while not question():
        if time.monotonic() > deadline:
            raise RuntimeError(f"the card did not leave in {SAMPLE_TIMEOUT_S:.0f} s")
        time.sleep(0.001)
