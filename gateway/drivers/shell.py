"""The shell around the station: performs its effects on the ports and feeds the results back. No threads here.

The daemon feeds it from its queue; a simulation feeds it by hand.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import structlog

from card_protocol.errors import EquipmentFault
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.passages import Passages
from card_protocol.words.event import GENESIS, Event
from gateway.core import station_words as words
from gateway.core import sync_words as sync
from gateway.core.station import Station
from gateway.core.station_words import Chore, Effect, Input
from gateway.drivers.backlog import RETRY_AFTER_MS, Backlog
from gateway.drivers.journal_carry import carry
from gateway.ports.book import BookWriter
from gateway.ports.clock import Clock
from gateway.ports.journal import Archive, Chain, Head, Journal, JournalUnavailable
from gateway.ports.orders import Orders
from gateway.ports.uplink import Down, Message, News, Up, Uplink

STEPS_MAX = 1000
"""How many inputs one piece of news may lead to before the shell looks up again."""

SAVE_ACKED_EVERY_NS = 500_000_000
_MS_NS = 1_000_000

_log = structlog.get_logger()


class Ports(NamedTuple):
    """What the shell performs on. `fetch` works elsewhere and comes back by `Shell.feed(Fetched(…))`."""

    journal: Journal
    book: BookWriter
    clock: Clock
    uplink: Uplink
    fetch: Callable[[Manifest], None]
    archive: Archive
    save_acked: Callable[[Head], None]
    saw_version: Callable[[int], None]
    saw_revocation: Callable[[int], None]
    keep_delta: Callable[[bytes], None]
    server_said: Callable[[int, int, int], None]
    keep_orders: Callable[[Orders], None]
    read_log: Callable[[], Sequence[str]]
    keep_passages: Callable[[Passages], None]


class Shell:
    """One thread at a time."""

    def __init__(self, station: Station, ports: Ports) -> None:
        self._station, self._ports = station, ports
        self._timers: dict[tuple[str, sync.Timer] | Chore, tuple[int, Input]] = {}
        self._inputs: deque[Input] = deque()
        self._unsaved: dict[str, Head] = {}
        self._saved_ns = 0
        self._backlog = Backlog(ports.journal)
        """What the journal did not take: a gap, say, that was noticed while the disk was full."""
        self._write_again_ns = 0

    def hear(self, news: News) -> None:
        """What the uplink says."""
        match news:
            case Up():
                self.feed(sync.LinkUp())
            case Down():
                self.feed(sync.LinkDown())
            case Message():
                try:
                    self.feed(words.Received(news.channel, news.payload))
                except Exception:
                    # Our bug. A message must not be able to stop the box, least of all a retained one.
                    _log.exception("message_not_handled", channel=news.channel.value)
                self._ports.uplink.done(news)

    def look(self) -> None:
        """See what the journal has got, and which timers ran out. Call it every few milliseconds."""
        try:
            self._see()
        except JournalUnavailable as fault:
            _log.error("journal_unavailable", why=str(fault))
        now_ns = self._ports.clock.now().mono_ns
        if self._backlog.waiting and now_ns >= self._write_again_ns:
            self._backlog.write()
            self._write_again_ns = now_ns + RETRY_AFTER_MS * _MS_NS
        for name, (due_ns, given) in list(self._timers.items()):
            if now_ns >= due_ns:
                del self._timers[name]
                self.feed(given)
        if self._unsaved and now_ns - self._saved_ns >= SAVE_ACKED_EVERY_NS:
            self.save()

    def feed(self, given: Input) -> None:
        """One input and all that follows from it."""
        self._inputs.append(given)
        for _ in range(STEPS_MAX):
            if not self._inputs:
                return
            for effect in self._station.step(self._inputs.popleft(), self._ports.clock.now()):
                try:
                    self._perform(effect)
                except (EquipmentFault, OSError) as fault:
                    # The small files of the box know only OSError: a full disk must not end who makes room on it.
                    _log.error("equipment_failed", why=str(fault), fault=type(fault).__name__)
                    self._failed(effect, str(fault))
        _log.error("too_many_steps", waiting=len(self._inputs))

    def note(self, event: Event) -> None:
        """Put an event on record: now, or as soon as the journal takes it."""
        self._backlog.note(event)

    def save(self) -> None:
        """Keep the acknowledged position. Not at every ack: an old one costs re-sending and nothing else."""
        self._saved_ns = self._ports.clock.now().mono_ns
        try:
            for head in self._unsaved.values():
                self._ports.save_acked(head)
        except OSError as fault:
            _log.error("position_not_kept", why=str(fault))
            return
        self._unsaved.clear()

    def end(self) -> None:
        """The last call: what waits for the journal is tried once more."""
        if not self._backlog.write():
            _log.error("events_unwritten", events=self._backlog.waiting)
        self.save()

    def offer_old(self) -> None:
        """Let the station bring what old journal files still hold. At start, and when a new file has taken over."""
        for old in self._old():
            self.feed(old)

    def next_timer_ns(self) -> int | None:
        """When the next timer runs out, on the clock's monotonic time."""
        return min((due_ns for due_ns, _ in self._timers.values()), default=None)

    def _see(self) -> None:
        head = self._ports.journal.head()
        replaced = head.epoch != self._station.journals.head.epoch
        self.feed(words.JournalSeen(head, self._ports.journal.floor()))
        if replaced:
            self.offer_old()

    def _old(self) -> list[Input]:
        """In this order: looking for what is unsent may find that nothing is."""
        unsent = self._ports.archive.unsent()
        offers = [words.OldSeen(chain.head(), chain.floor(), acked) for chain, acked in unsent]
        return [*offers, words.PastSeen(self._ports.archive.past())]

    def _chain(self, epoch: str) -> Chain | None:
        journal = self._ports.journal
        return journal if journal.head().epoch == epoch else self._ports.archive.chain(epoch)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case words.ToJournal():
                self._perform_for(effect.epoch, effect.effect)
            case words.Scan():
                head, entries = self._ports.journal.head(), self._ports.journal.read(effect.from_seq, effect.limit)
                self._inputs.append(words.Scanned(head.epoch, entries))
            case words.Finished():
                self._finish(effect)
            case words.Reopen():
                chain = self._ports.archive.reopen(effect.ack.epoch)
                left = (chain.head(), chain.floor()) if chain is not None else (None, None)
                self._inputs.append(words.Reopened(effect.ack, *left))
            case sync.SaveAcked():
                self._unsaved[effect.head.epoch] = effect.head
            case words.Wait():
                self._wait(effect.chore, effect.wait_ms, words.ChoreDue(effect.chore))
            case words.Publish():
                self._ports.uplink.publish(effect.channel, effect.message, retain=effect.retain)
            case words.CheckAck():
                self._check(effect)
            case words.Write():
                event = effect.event
                _log.info(event.kind.value, **{k: v for k, v in event.detail.items() if k not in {"event", "level"}})
                self.note(event)
            case words.SetAside():
                self._ports.journal.set_aside(effect.why)
                self._inputs.append(words.JournalSeen(self._ports.journal.head(), self._ports.journal.floor()))
                self._inputs.extend(self._old())
            case _:
                self._perform_policy(effect)

    def _perform_policy(self, effect: Effect) -> None:
        match effect:
            case words.Fetch():
                self._ports.fetch(effect.manifest)
            case words.Flip():
                standing = self._ports.book.flip(effect.staged)
                self._ports.saw_revocation(standing.rev_seq)
                self._inputs.append(words.Flipped(standing))
            case words.Revoke():
                fresh, standing = self._ports.book.revoke(effect.entries, effect.upto)
                self._inputs.append(words.Revoked(fresh, standing))
                self._ports.saw_revocation(standing.rev_seq)
            case words.Saw():
                self._ports.saw_version(effect.version)
                self._ports.book.saw(effect.version)
            case words.ServerTime():
                self._ports.server_said(*effect)
            case words.KeepDelta():
                self._ports.keep_delta(effect.delta)
            case words.KeepOrders():
                self._ports.keep_orders(effect.orders)
                self._inputs.append(words.OrdersKept(*effect))
            case words.KeepPassages():
                self._ports.keep_passages(effect.passages)
            case words.ReadLog():
                self._inputs.append(words.LogRead(effect.number, self._ports.read_log()))

    def _failed(self, effect: Effect, why: str) -> None:
        """What waits for an answer gets one. The rest is repeated by others: acks and revocations by the server."""
        match effect:
            case words.ToJournal(epoch, sync.Pull(from_seq, _)):
                self._inputs.append(words.OfJournal(epoch, sync.Pulled(from_seq, GENESIS, ())))
            case words.Flip():
                self._inputs.append(words.Fetched(effect.manifest, None, why, again=True))

    def _perform_for(self, epoch: str, effect: sync.Pull | sync.StartTimer) -> None:
        if isinstance(effect, sync.StartTimer):
            fired = words.OfJournal(epoch, sync.Fired(effect.timer, effect.token))
            self._wait((epoch, effect.timer), effect.wait_ms, fired)
            return
        chain = self._chain(epoch)
        entries = chain.read(effect.from_seq, effect.limit) if chain else ()
        previous = chain.hash_of(entries[0].seq - 1) if chain and entries else GENESIS
        if previous is None:
            # Another process pruned in between: the next pull finds both.
            entries, previous = (), GENESIS
        before = chain.hash_of(effect.from_seq - 1) if chain else None
        self._inputs.append(words.OfJournal(epoch, sync.Pulled(effect.from_seq, previous, entries, before)))

    def _check(self, effect: words.CheckAck) -> None:
        ack = effect.ack
        chain = self._chain(ack.epoch)
        if chain is not None:
            same = chain.hash_of(ack.same_upto) if ack.same_upto is not None else None
            floor = chain.floor()
            acked = sync.Acked(ack, chain.hash_of(ack.upto), floor.seq, same, floor.hash)
            self._inputs.append(words.OfJournal(ack.epoch, acked))

    def _finish(self, effect: words.Finished) -> None:
        """An old file is done with. What cannot be carried over now is left for the next start."""
        chain = self._chain(effect.epoch)
        if chain is not None and effect.upto < effect.end:
            carry(chain, effect.upto + 1, effect.end, self._ports.journal, self._ports.clock.now())
        self._ports.archive.finish(effect.epoch, effect.upto)

    def _wait(self, name: tuple[str, sync.Timer] | Chore, wait_ms: int, given: Input) -> None:
        self._timers[name] = (self._ports.clock.now().mono_ns + wait_ms * _MS_NS, given)
