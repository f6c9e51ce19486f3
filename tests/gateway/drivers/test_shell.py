"""The shell around the station, in one process with a model server: everything between a tap and its ack."""

import errno
from pathlib import Path

import pytest

from card_protocol.wire.ack import Ack
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.passages import Passages
from card_protocol.wire.revocations import Revocations
from card_protocol.wire.sealed import seal, unseal
from card_protocol.wire.state import State
from card_protocol.wire.topics import Channel
from card_protocol.words.event import Event, EventKind, note_event
from gateway.core import station_words as words
from gateway.core.station import Place, Station
from gateway.core.station_words import Fetched, JournalSeen
from gateway.drivers import backlog
from gateway.drivers.book_file import BookFile
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.journal_archive import JournalArchive
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.order_file import OrdersUnkept
from gateway.drivers.shell import Ports, Shell
from gateway.drivers.state_file import StateFile
from gateway.ports.book import BookUnavailable
from gateway.ports.journal import Entry, Head, JournalUnavailable
from gateway.ports.orders import Orders
from gateway.ports.uplink import Down, Message, Up
from tests.gateway.policies import card, card_id, head, revocation, snapshot
from tests.gateway.world import BOX, GATEWAY, SERVER, HandClock, ModelServer, event


class WireUplink:
    """Keeps what is published; `lossy` drops it."""

    def __init__(self) -> None:
        self.published: list[tuple[Channel, bytes]] = []
        self.done_with: list[Message] = []
        self.lossy = False

    def start(self, tell: object, last_will: object) -> None:
        raise AssertionError("the shell does not start it")

    def publish(self, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        if not self.lossy:
            self.published.append((channel, message))
        return not self.lossy

    def done(self, message: Message) -> None:
        self.done_with.append(message)

    def renew(self) -> None:
        raise AssertionError("the shell does not renew it")

    def stop(self) -> None:
        raise AssertionError("the shell does not stop it")


class Box:
    """Real files, a hand-moved clock, a wire that a test can look at."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.uplink, self.server = folder, HandClock(), WireUplink(), ModelServer()
        self.journal = JournalFile(folder, GATEWAY, self.clock)
        self.book = BookWriterFile(folder)
        self.state = StateFile(folder)
        self.archive = JournalArchive(folder, GATEWAY, self.state)
        self.saved: list[Head] = []
        self.versions: list[int] = []
        self.times: list[tuple[int, ...]] = []
        self.deltas: list[bytes] = []
        self.fetches: list[Manifest] = []
        self.orders: list[Orders] = []
        self.passages: list[Passages] = []
        self.disk_full = False
        place = Place(GATEWAY, BOX.sign, SERVER.verifier.verify)
        seen = JournalSeen(self.journal.head(), self.journal.floor())
        self.station = Station(place, self.book.standing(), seen, None, lambda: 0.0)
        self.shell = Shell(
            self.station,
            Ports(
                self.journal,
                self.book,
                self.clock,
                self.uplink,
                self.fetches.append,
                self.archive,
                self.saved.append,
                self.versions.append,
                self.state.raise_rev_floor,
                self.deltas.append,
                lambda *said: self.times.append(said),
                self.keep_orders,
                lambda: ["one line", "another"],
                self.passages.append,
            ),
        )

    def keep_orders(self, orders: Orders) -> None:
        if self.disk_full:
            raise OrdersUnkept("no space left")
        self.orders.append(orders)

    def run_ms(self, span_ms: int) -> None:
        for _ in range(0, span_ms, 50):
            self.clock.advance_ms(50)
            self.shell.look()
            self.exchange()

    def exchange(self) -> None:
        """Carry batches to the server and acks back."""
        while sent := [message for channel, message in self.uplink.published if channel is Channel.EVENTS]:
            self.uplink.published = [p for p in self.uplink.published if p[0] is not Channel.EVENTS]
            for message in sent:
                self.shell.hear(Message(Channel.ACK, self.server.take(message)))

    def states(self) -> list[State]:
        return [
            unseal("state", message, State, BOX.verifier.verify)
            for channel, message in self.uplink.published
            if channel is Channel.STATE
        ]

    def kinds(self) -> list[EventKind]:
        return [Event.from_bytes(entry.body).kind for entry in self.journal.read(1, 1000)]

    def held(self) -> int:
        return len(self.server.held.get(self.journal.head().epoch, []))


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_events_of_another_program_reach_the_server(box: Box) -> None:
    box.shell.hear(Up())
    edge = JournalFile(box.folder, GATEWAY, box.clock)
    edge.append(event(1), event(2))
    box.run_ms(500)
    assert (box.held(), box.station.journals.current.acked.seq) == (2, 2)
    box.run_ms(1000)
    assert box.saved[-1] == box.journal.head()


def test_the_servers_time_comes_with_an_ack_between_two_of_our_moments(box: Box) -> None:
    box.shell.hear(Up())
    box.journal.append(event(1))
    before_ns = box.clock.now().mono_ns
    box.run_ms(500)
    ((server_ms, sent_ns, received_ns),) = box.times
    assert server_ms == box.server.clock_ms
    assert before_ns < sent_ns <= received_ns <= box.clock.now().mono_ns
    box.shell.hear(Message(Channel.ACK, box.server.ack(box.journal.head().epoch)))
    assert len(box.times) == 1, "an ack that is shown again says nothing"


def test_an_outage_loses_nothing(box: Box) -> None:
    box.shell.hear(Up())
    box.shell.hear(Down())
    for number in range(700):
        box.journal.append(event(number))
    box.run_ms(1000)
    assert box.held() == 0
    box.shell.hear(Up())
    box.run_ms(500)
    assert (box.held(), box.server.inserts) == (700, 700)


def test_lost_batches_are_sent_again_after_a_silence(box: Box) -> None:
    box.shell.hear(Up())
    box.uplink.lossy = True
    box.journal.append(event(1))
    box.run_ms(1000)
    assert box.held() == 0
    box.uplink.lossy = False
    box.run_ms(3000)
    assert box.held() == 1


def test_a_policy_arrives_is_applied_journaled_and_reported(box: Box) -> None:
    box.shell.hear(Up())
    manifest, _ = snapshot(3, [card(1)])
    message = Message(Channel.POLICY, seal("manifest", manifest, SERVER.sign), "ticket")
    box.shell.hear(message)
    assert (box.fetches, box.versions, box.uplink.done_with) == ([manifest], [3], [message])
    assert box.book.standing().highest == 3
    staged = box.book.stage(head(3, 1), [card(1)], manifest.digest)
    box.shell.feed(Fetched(manifest, staged))
    assert BookFile(box.folder).current().card(card_id(1)) == card(1)
    assert box.kinds() == [EventKind.POLICY_APPLIED]
    assert box.states()[-1].policy_version == 3


def test_a_revocation_arrives_is_applied_journaled_and_reported(box: Box) -> None:
    box.shell.hear(Up())
    word = Revocations(gateway=GATEWAY, after=0, upto=1, entries=(revocation(1, 1),))
    box.shell.hear(Message(Channel.REVOCATIONS, seal("revocations", word, SERVER.sign)))
    assert BookFile(box.folder).current().revocation(card_id(1)) == revocation(1, 1)
    assert box.kinds() == [EventKind.REVOCATION_APPLIED]
    assert box.states()[-1].rev_seq == 1


def test_a_flip_that_the_disk_refused_is_fetched_again(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest, _ = snapshot(3)
    box.shell.hear(Message(Channel.POLICY, seal("manifest", manifest, SERVER.sign)))
    staged = box.book.stage(head(3), [], manifest.digest)
    with monkeypatch.context() as patch:
        patch.setattr(box.book, "flip", lambda _: (_ for _ in ()).throw(BookUnavailable("disk full")))
        box.shell.feed(Fetched(manifest, staged))
    box.run_ms(2000)
    assert box.fetches == [manifest, manifest]


def test_a_journal_that_cannot_be_read_for_a_while_is_read_later(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.journal.append(event(1))

    def busy(*_: object) -> None:
        raise JournalUnavailable("held by another process")

    with monkeypatch.context() as patch:
        for name in ("read", "head", "hash_of"):
            patch.setattr(box.journal, name, busy)
        box.shell.hear(Up())
        box.run_ms(300)
    box.run_ms(1000)
    assert box.held() == 1


def test_what_the_journal_did_not_take_is_written_later(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    gap = note_event(
        EventKind.GAP, box.clock.now(), None, epoch=box.journal.head().epoch, from_seq=1, to_seq=2, count=2
    )

    def full(*_: object) -> None:
        raise JournalUnavailable("no space left")

    monkeypatch.setattr(backlog, "BACKLOG_MAX_EVENTS", 5)
    monkeypatch.setattr(box.shell._station, "step", lambda *_: [words.Write(gap)] * 8)
    with monkeypatch.context() as patch:
        patch.setattr(box.journal, "append", full)
        box.shell.hear(Up())
        monkeypatch.setattr(box.shell._station, "step", lambda *_: [])
        box.run_ms(3000)
        assert box.journal.head().seq == 0
    box.run_ms(1100)
    assert [Event.from_bytes(entry.body) for entry in box.journal.read(1, 99)] == [gap] * 5


def test_what_happens_meanwhile_stands_behind_what_the_journal_did_not_take(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise JournalUnavailable("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(box.journal, "append", full)
        box.shell.note(event(1))
    box.shell.note(event(2))
    box.run_ms(1100)
    assert [Event.from_bytes(entry.body).detail["number"] for entry in box.journal.read(1, 99)] == [1, 2]


def test_at_the_end_what_waits_is_tried_once_more(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise JournalUnavailable("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(box.journal, "append", full)
        box.shell.note(event(1))
        box.shell.end()
    assert box.journal.head().seq == 0
    box.shell.end()
    assert box.journal.head().seq == 1


def test_a_server_that_holds_more_begins_a_new_journal_and_goes_on(box: Box) -> None:
    box.shell.hear(Up())
    box.journal.append(event(1))
    box.run_ms(500)
    lost = box.journal.head().epoch
    box.server.held[lost] *= 5
    box.shell.hear(Message(Channel.ACK, box.server.ack(lost)))
    box.run_ms(500)
    assert box.journal.head().epoch != lost
    assert box.kinds() == [EventKind.JOURNAL_DAMAGED]
    assert box.held() == 1


def test_what_a_set_aside_file_still_held_reaches_the_server_too(box: Box) -> None:
    box.journal.append(event(1), event(2))
    old = box.journal.head()
    edge = JournalFile(box.folder, GATEWAY, box.clock)
    edge.set_aside("for the test")
    edge.append(event(3))
    box.shell.hear(Up())
    box.run_ms(1000)
    assert box.held() == 2, "the event that tells of it, and the new one"
    assert len(box.server.held[old.epoch]) == 2
    assert box.state.finished() == {old.epoch: 2}
    assert list(box.archive.unsent()) == []


@pytest.mark.parametrize("gone", [False, True])
def test_a_server_that_was_put_back_gets_a_set_aside_file_again_or_a_gap(box: Box, *, gone: bool) -> None:
    box.journal.append(event(1), event(2), event(3))
    old = box.journal.head()
    JournalFile(box.folder, GATEWAY, box.clock).set_aside("for the test")
    box.shell.hear(Up())
    box.run_ms(1000)
    assert box.state.finished() == {old.epoch: 3}
    if gone:
        (box.folder / f"journal-{old.epoch}.db").unlink()
    box.server.put_back(old.epoch, 1)
    box.shell.hear(Message(Channel.ACK, box.server.ack(old.epoch, need_from=2)))
    box.run_ms(1000)
    assert len(box.server.held[old.epoch]) == (1 if gone else 3)
    assert box.state.finished() == {old.epoch: 1 if gone else 3}
    gaps = [Event.from_bytes(entry.body).detail for entry in box.journal.read(1, 100) if b'"gap"' in entry.body]
    told = {"epoch": old.epoch, "from_seq": 2, "to_seq": 3, "count": 2}
    assert gaps == ([told] if gone else [])


def test_a_box_that_was_put_back_and_went_on_tells_the_server_what_it_has_no_place_for(box: Box) -> None:
    box.shell.hear(Up())
    box.journal.append(event(1), event(2), event(3))
    old = box.journal.head()
    held = Entry(4, event(99).to_bytes(), bytes(32))
    there = Ack(
        gateway=GATEWAY, epoch=old.epoch, upto=4, head_hash=held.hash.hex(), same_upto=1, forked=True, server_ms=1
    )
    box.shell.feed(words.JournalSeen(old, box.journal.floor()))
    for _ in range(2):
        box.shell.hear(Message(Channel.ACK, seal("ack", there, SERVER.sign)))
    assert box.kinds()[0] is EventKind.JOURNAL_DAMAGED, "the file was set aside"
    told = box.journal.read(2, 10)
    assert [entry.body for entry in told[1:]] == [event(2).to_bytes(), event(3).to_bytes()]
    assert Event.from_bytes(told[0].body).detail["from_seq"] == 2
    assert box.state.finished() == {old.epoch: 1}


def test_our_own_bug_in_a_message_does_not_stop_the_box(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box.station, "step", lambda *_: 1 / 0)
    message = Message(Channel.ACK, b"")
    box.shell.hear(message)
    assert box.uplink.done_with == [message]


def test_the_position_is_kept_at_the_end(box: Box) -> None:
    box.shell.hear(Up())
    box.journal.append(event(1))
    box.run_ms(300)
    box.saved.clear()
    box.journal.append(event(2))
    box.run_ms(300)
    box.shell.save()
    assert box.saved[-1].seq == 2
    box.saved.clear()
    box.shell.save()
    assert box.saved == []


def test_it_knows_when_it_has_to_look_again(box: Box) -> None:
    assert box.shell.next_timer_ns() is None
    box.shell.hear(Up())
    due = box.shell.next_timer_ns()
    assert due is not None
    assert due > box.clock.now().mono_ns


def test_an_alarm_goes_up_before_the_backlog(box: Box) -> None:
    for number in range(900):
        box.journal.append(note_event(EventKind.POLICY_APPLIED, box.clock.now(), None, number=number))
    box.journal.append(event(1))
    box.shell.look()
    box.shell.hear(Up())
    channels = [channel for channel, _ in box.uplink.published]
    assert channels.index(Channel.ALARM) < channels.index(Channel.EVENTS)
    assert channels.count(Channel.ALARM) == 1


def test_a_full_disk_does_not_end_who_makes_room_on_it(box: Box) -> None:
    """The small files know only OSError; what they did not take is kept when there is room again."""
    full, kept = [True], []

    def keep(head: Head) -> None:
        if full:
            raise OSError(errno.ENOSPC, "no space left")
        kept.append(head)

    box.shell._ports = box.shell._ports._replace(save_acked=keep)
    box.shell.hear(Up())
    box.journal.append(event(1))
    box.run_ms(2000)
    assert (box.held(), kept) == (1, [])
    full.clear()
    box.run_ms(2000)
    assert kept == [box.journal.head()]
