"""The daemon's loop: news from the uplink and the fetcher, a look at the journal, timers; until it is told to stop."""

import threading
from collections.abc import Callable, Sequence
from queue import Empty, Full, Queue
from typing import Protocol

import structlog

from card_protocol.wire.topics import Channel
from card_protocol.words.event import EventKind, note_event
from gateway.core.station import Station
from gateway.core.station_words import Fetched
from gateway.drivers.shell import Ports, Shell
from gateway.ports.uplink import Message, News

LOOK_EVERY_MS = 50
"""How soon an event that another process journaled is seen; it then waits for company (LIVE_LINGER_MS)."""

DRAIN_MS = 2000
LINK_NEWS_TIMEOUT_S = 5.0
_ROUND_MAX_NEWS = 64
_MS_NS = 1_000_000
_log = structlog.get_logger()

Item = News | Fetched


class DaemonFailed(RuntimeError):
    """A thread of ours has died: end, so that whoever started us starts us again."""


class Worker(Protocol):
    """A thread that the daemon needs."""

    def alive(self) -> bool:
        """Whether it runs."""
        ...

    def stop(self) -> None:
        """End it."""
        ...


class Daemon:
    """Owns the main thread. `chores` are called every round and know themselves when there is something to do."""

    def __init__(
        self,
        station: Station,
        shell: Shell,
        ports: Ports,
        news: Queue[Item],
        workers: Sequence[Worker],
        chores: Sequence[Callable[[], None]],
        at_end: Callable[[], None],
    ) -> None:
        self._station, self._shell, self._ports = station, shell, ports
        self._news, self._workers, self._chores, self._at_end = news, workers, chores, at_end

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; DaemonFailed when a thread died."""
        clock, head = self._ports.clock, self._ports.journal.head()
        # On a full disk it waits: all the more reason to run, somebody has to make room.
        self._shell.note(note_event(EventKind.JOURNAL_OPENED, clock.now(), epoch=head.epoch, events=head.seq))
        self._ports.uplink.start(self._hear, lambda: self._station.state_message(clock.now(), online=False))
        _log.info("gateway_ready", epoch=head.epoch, head=head.seq, policy=self._station.standing.version)
        try:
            self._shell.offer_old()
            while not stop.is_set():
                self._round()
            self._drain()
        finally:
            self._end()

    def _round(self) -> None:
        for _ in range(_ROUND_MAX_NEWS):
            try:
                item = self._news.get(timeout=LOOK_EVERY_MS / 1000)
            except Empty:
                break
            if isinstance(item, Fetched):
                self._shell.feed(item)
            else:
                self._shell.hear(item)
            if self._news.empty():
                break
        self._shell.look()
        for chore in self._chores:
            chore()
        if dead := [type(worker).__name__ for worker in self._workers if not worker.alive()]:
            raise DaemonFailed(f"a thread has ended: {', '.join(dead)}")

    def _hear(self, news: News) -> bool:
        """A message may be dropped: it is said again. That the link is up or down is said once, so that waits."""
        try:
            self._news.put(news, timeout=0 if isinstance(news, Message) else LINK_NEWS_TIMEOUT_S)
        except Full:
            _log.error("news_dropped", waiting=self._news.qsize(), what=type(news).__name__)
            return False
        return True

    def _drain(self) -> None:
        """What was journaled a moment ago goes out before the goodbye, if anybody is there to take it."""
        deadline_ns = self._ports.clock.now().mono_ns + DRAIN_MS * _MS_NS
        while self._station.online and self._ports.clock.now().mono_ns < deadline_ns:
            if self._station.journals.current.acked.seq >= self._ports.journal.head().seq:
                return
            self._round()

    def _end(self) -> None:
        self._ports.uplink.publish(
            Channel.STATE, self._station.state_message(self._ports.clock.now(), online=False), retain=True
        )
        for worker in self._workers:
            worker.stop()
        self._shell.end()
        self._at_end()
        _log.info("gateway_stopped")
