"""Points that sit somewhere, threads that end, and who notices."""

import threading
import time
from collections.abc import Iterator

import pytest

from card_protocol.errors import EquipmentFault
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import LateCommit
from edge.core.tap_words import TapSettings
from edge.core.watch import MAX_TRIES, WEDGED_MS
from edge.ports.reader import CardInField
from edge.shell import overseer as overseer_module
from edge.shell.overseer import EdgeFailed, Overseer
from edge.shell.tap_loop import Devices, TapLoop
from tests.edge.words import GATE
from tests.support.patience import PATIENCE_S, eventually

NOW = Moment(boot="b" * 8, mono_ns=1, wall_ms=1, clock=ClockQuality.NTP)
LATER_NS = (WEDGED_MS + 1) * 1_000_000


class Sticky:
    """A reader whose library does not come back, until it is closed under it (or not even then)."""

    name = "sticky"

    def __init__(self, place: "Place") -> None:
        self._place = place
        self._closed = threading.Event()

    def wait_for_card(self, timeout_ms: int) -> CardInField | None:
        self._place.looks += 1
        if self._place.sticks:
            self._closed.wait()
            raise EquipmentFault("closed under me")
        time.sleep(0.001)
        return None

    def close(self) -> None:
        self._closed.set()


class Place:
    def __init__(self) -> None:
        self.sticks = True
        self.looks = self.opened = self.well = 0
        self.alive_ = True
        self.events: list[Event] = []
        self.stop = threading.Event()
        self.overseer = Overseer({GATE: self.make}, {"recorder": self}, self, lambda: NOW, self.count)

    def make(self, lost: bool) -> TapLoop:
        def never(*_: object) -> None:
            raise RuntimeError("no card ever comes")

        def open_reader() -> Sticky:
            self.opened += 1
            return Sticky(self)

        devices = Devices(
            open_reader=open_reader,
            talk=never,  # type: ignore[arg-type]
            care=never,  # type: ignore[arg-type]
            book=never,  # type: ignore[arg-type]
            now=lambda: NOW,
            lock=None,  # type: ignore[arg-type]
            feedback=None,  # type: ignore[arg-type]
            recorder=self,
        )
        settings = TapSettings(point=GATE, unlock_ms=3000, commit_deadline_ms=250, late_commit=LateCommit.STAY_CLOSED)
        return TapLoop(settings, devices, self.stop, lost=lost)

    def count(self) -> None:
        self.well += 1

    def alive(self) -> bool:
        return self.alive_

    def note(self, event: Event) -> None:
        self.events.append(event)

    def record(self, event: Event, deadline_ms: int) -> int | None:
        return 1

    @property
    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    made.overseer.start()
    eventually(lambda: made.looks)
    yield made
    made.stop.set()


def soon() -> int:
    return time.monotonic_ns() + LATER_NS


def test_a_point_that_sits_in_its_reader_is_replaced_and_told(place: Place) -> None:
    place.overseer.look(time.monotonic_ns())
    assert (place.kinds, place.opened, place.well) == ([], 1, 1)
    place.sticks = False
    place.overseer.look(soon())
    assert "has not answered for 30 s" in str(place.events[0].detail["why"])
    eventually(lambda: place.kinds == [EventKind.READER_LOST, EventKind.READER_BACK])
    assert place.opened == 2


def test_who_was_given_up_does_nothing_any_more(place: Place) -> None:
    place.overseer.look(soon())
    eventually(lambda: threading.active_count() and place.looks >= 2)
    assert place.kinds == [EventKind.READER_LOST], "the one that was closed under its feet is silent"


def test_one_that_cannot_be_helped_ends_the_program(place: Place) -> None:
    for _ in range(MAX_TRIES):
        place.overseer.look(soon())
    with pytest.raises(EdgeFailed, match=GATE):
        place.overseer.look(soon())


def test_a_thread_that_all_need_ends_the_program(place: Place) -> None:
    place.alive_ = False
    with pytest.raises(EdgeFailed, match="recorder"):
        place.overseer.look(time.monotonic_ns())
    assert place.well == 0, "the watchdog is not fed"


def test_a_restart_reaches_whoever_serves_now(place: Place) -> None:
    told: list[str] = []
    place.sticks = False
    restart = place.overseer.restarter(GATE)
    place.overseer.look(soon())
    restart(told.append)
    eventually(lambda: told == [""])


def test_it_runs_until_it_is_stopped(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overseer_module, "LOOK_EVERY_MS", 1)
    place.sticks = False
    place.overseer.look(soon())
    thread = threading.Thread(target=place.overseer.run, args=(place.stop,))
    thread.start()
    eventually(lambda: place.well > 2)
    place.stop.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert len(place.overseer) == 1
