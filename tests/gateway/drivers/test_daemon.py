"""The daemon's loop, with an uplink and a fetcher that a test plays."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Queue

import pytest

from card_protocol.wire.sealed import unseal
from card_protocol.wire.state import State
from card_protocol.wire.topics import Channel
from card_protocol.words.event import Event, EventKind
from gateway.core.station import Place, Station
from gateway.core.station_words import Fetched, JournalSeen
from gateway.drivers import daemon as daemon_module
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.daemon import Daemon, DaemonFailed, Item
from gateway.drivers.journal_archive import JournalArchive
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.shell import Ports, Shell
from gateway.drivers.state_file import StateFile
from gateway.drivers.system_clock import SystemClock
from gateway.ports.journal import Head, JournalUnavailable
from gateway.ports.uplink import Down, Message, News, Up
from tests.gateway.policies import snapshot
from tests.gateway.world import BOX, GATEWAY, SERVER, ModelServer, event

PATIENCE_S = 20.0


class PlayedUplink:
    """Answers batches like the server, on the thread of who publishes."""

    def __init__(self) -> None:
        self.server = ModelServer()
        self.states: list[State] = []
        self.tell: Callable[[News], bool] = lambda _: False
        self.running = self.answering = True
        self.last_will: Callable[[], bytes] = lambda: b""

    def start(self, tell: Callable[[News], bool], last_will: Callable[[], bytes]) -> None:
        self.tell, self.last_will = tell, last_will

    def publish(self, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        if channel is Channel.STATE:
            self.states.append(unseal("state", message, State, BOX.verifier.verify))
        elif self.answering:
            self.tell(Message(Channel.ACK, self.server.take(message)))
        return True

    def done(self, message: Message) -> None:
        pass

    def renew(self) -> None:
        pass

    def stop(self) -> None:
        self.running = False

    def alive(self) -> bool:
        return self.running


class House:
    """A daemon on real files, run on a thread."""

    def __init__(self, folder: Path) -> None:
        self.uplink, self.news = PlayedUplink(), Queue[Item](8)
        self.clock = SystemClock(folder)
        self.journal = JournalFile(folder, GATEWAY, self.clock)
        self.saved: list[Head] = []
        self.chores: list[int] = []
        self.ends: list[int] = []
        book = BookWriterFile(folder)
        seen = JournalSeen(self.journal.head(), self.journal.floor())
        place = Place(GATEWAY, BOX.sign, SERVER.verifier.verify)
        station = Station(place, book.standing(), seen, None, lambda: 0.0)
        ports = Ports(
            self.journal,
            book,
            self.clock,
            self.uplink,
            lambda _: None,
            JournalArchive(folder, GATEWAY, StateFile(folder)),
            self.saved.append,
            lambda _: None,
            lambda _: None,
            lambda _: None,
            lambda *_: None,
            lambda _: None,
            lambda: (),
            lambda _: None,
        )
        chores = (lambda: self.chores.append(1),)
        shell = Shell(station, ports)
        self.daemon = Daemon(station, shell, ports, self.news, (self.uplink,), chores, lambda: self.ends.append(1))
        self.stop = threading.Event()
        self.failure: BaseException | None = None
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.daemon.run(self.stop)
        except DaemonFailed as failure:
            self.failure = failure

    def __enter__(self) -> "House":
        self.thread.start()
        self.wait_for(lambda: self.uplink.last_will() != b"")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    def wait_for(self, what: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not what():
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.005)

    def held(self) -> list[EventKind]:
        held = self.uplink.server.held.get(self.journal.head().epoch, [])
        return [Event.from_bytes(entry.body).kind for entry in held]


def test_it_tells_that_it_opened_the_journal_and_brings_events_up(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.uplink.tell(Up())
        house.journal.append(event(1))
        house.wait_for(lambda: house.held() == [EventKind.JOURNAL_OPENED, EventKind.READER_LOST])
    assert house.saved[-1] == house.journal.head()
    assert [state.online for state in house.uplink.states] == [True, False]
    assert house.chores
    assert house.ends == [1]


def test_a_journal_that_takes_nothing_does_not_keep_it_from_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path)

    def full(*_: object) -> None:
        raise JournalUnavailable("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(house.journal, "append", full)
        house.thread.start()
        house.wait_for(lambda: bool(house.chores))
    house.wait_for(lambda: house.journal.head().seq == 1)
    house.stop.set()
    house.thread.join(PATIENCE_S)
    assert house.failure is None
    opened = Event.from_bytes(house.journal.read(1, 1)[0].body)
    assert opened.kind is EventKind.JOURNAL_OPENED
    assert opened.detail["events"] == 0


def test_what_was_journaled_last_goes_out_before_the_goodbye(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.uplink.tell(Up())
        house.wait_for(lambda: len(house.held()) == 1)
        house.journal.append(event(1))
        house.stop.set()
    assert len(house.held()) == 2


def test_nobody_to_take_it_does_not_hold_up_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon_module, "DRAIN_MS", 100)
    with House(tmp_path) as house:
        house.uplink.answering = False
        house.uplink.tell(Up())
        house.journal.append(event(1))
    assert house.held() == []


def test_its_last_will_says_offline(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        will = unseal("state", house.uplink.last_will(), State, BOX.verifier.verify)
    assert not will.online


def test_a_dead_thread_ends_it_with_its_name(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.uplink.running = False
        house.wait_for(lambda: house.failure is not None)
    assert "PlayedUplink" in str(house.failure)


def test_what_the_fetcher_found_is_fed_to_the_station(tmp_path: Path) -> None:
    manifest, _ = snapshot(3)
    with House(tmp_path) as house:
        house.news.put(Fetched(manifest, None, "for another manifest"))
        house.uplink.tell(Up())
        house.wait_for(lambda: len(house.held()) == 1)
    assert house.failure is None


def test_too_many_messages_are_dropped_but_a_broken_link_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "LINK_NEWS_TIMEOUT_S", 0.01)
    house = House(tmp_path)
    heard = [house.daemon._hear(Message(Channel.ACK, b"")) for _ in range(20)]
    assert heard.count(True) == 8
    assert not house.daemon._hear(Down())
    house.news.get()
    assert house.daemon._hear(Down())
