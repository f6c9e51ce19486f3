"""A gateway's world in memory: a clock set by hand, a journal, a server that keeps what the real one promises."""

from collections.abc import Sequence

from card_protocol.crypto.signing import Signer
from card_protocol.wire.ack import Ack
from card_protocol.wire.batch import Batch, chain_problem
from card_protocol.wire.sealed import seal, unseal
from card_protocol.words.event import GENESIS, Event, EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from gateway.drivers.journal_schema import link
from gateway.ports.journal import Entry, Failed, Head

GATEWAY = "shanxian-1"
COMMUNITY = "330105009012"
BOX = Signer(bytes(range(32)))
SERVER = Signer(bytes(range(32, 64)))
STRANGER = Signer(bytes(range(64, 96)))
NOON_MS = 1_795_406_400_000


class HandClock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.wall_ms, self.mono_ns = NOON_MS, 1_000_000_000
        self.quality = ClockQuality.NTP

    def now(self) -> Moment:
        return Moment(wall_ms=self.wall_ms, mono_ns=self.mono_ns, boot="boot-1", clock=self.quality)

    def advance_ms(self, span_ms: int) -> None:
        self.wall_ms += span_ms
        self.mono_ns += span_ms * 1_000_000


HOLE = b""
"""The body of an event that a gateway declared to be gone."""

MOMENT = HandClock().now()


def event(number: int) -> Event:
    """An event that is like no other."""
    return note_event(EventKind.READER_LOST, MOMENT, number=number)


def bodies(count: int, first: int = 1) -> list[bytes]:
    return [event(first + i).to_bytes() for i in range(count)]


def no_failure(event: Event, fault: Exception) -> None:
    """For who expects that everything gets in."""
    raise AssertionError(event) from fault


class MemoryJournal:
    """`gateway.ports.journal.Journal` without a disk."""

    def __init__(self, gateway: str = GATEWAY, epoch: str = "00000000000000e1") -> None:
        self.gateway = gateway
        self.chain: list[Entry] = []
        self._floor = Head(epoch, 0, GENESIS)
        self.problems: list[str] = []

    def append(self, *events: Event) -> Head:
        self.write([e.to_bytes() for e in events])
        return self.head()

    def append_bodies(self, bodies: Sequence[bytes]) -> Head:
        self.write(bodies)
        return self.head()

    def write(self, texts: Sequence[bytes]) -> None:
        self.chain += link(self.gateway, self.head(), list(texts))

    def append_within(self, event: Event, deadline_ms: int, failed: Failed) -> Head | None:
        return self.append(event)

    def head(self) -> Head:
        return Head(self._floor.epoch, self.chain[-1].seq, self.chain[-1].hash) if self.chain else self._floor

    def floor(self) -> Head:
        return self._floor

    def read(self, from_seq: int, limit: int) -> list[Entry]:
        return [entry for entry in self.chain if entry.seq >= from_seq][:limit]

    def hash_of(self, seq: int) -> bytes | None:
        if seq == self._floor.seq:
            return self._floor.hash
        return next((entry.hash for entry in self.chain if entry.seq == seq), None)

    def count(self) -> int:
        return len(self.chain)

    def prune(self, upto: int) -> None:
        kept = self.hash_of(upto)
        assert kept is not None
        self._floor = Head(self._floor.epoch, upto, kept)
        self.chain = [entry for entry in self.chain if entry.seq > upto]

    def set_aside(self, problem: str) -> None:
        self.problems.append(problem)
        self.chain = []
        self._floor = Head(f"{int(self._floor.epoch, 16) + 1:016x}", 0, GENESIS)
        self.append(note_event(EventKind.JOURNAL_DAMAGED, MOMENT, problem=problem))


class ModelServer:
    """Intake as the design describes it, for one gateway: takes what continues the chain, says where it stands."""

    def __init__(self, gateway: str = GATEWAY) -> None:
        self.gateway = gateway
        self.held: dict[str, list[Entry]] = {}
        self.clock_ms = NOON_MS
        self.inserts = 0

    def take(self, message: bytes) -> bytes:
        """A batch -> the ack."""
        batch = unseal("batch", message, Batch, BOX.verifier.verify)
        assert batch.gateway == self.gateway
        assert chain_problem(batch) is None
        held = self.held.setdefault(batch.epoch, [])
        need_from = None
        if batch.gap_from is not None and batch.gap_from <= len(held) + 1 < batch.first_seq:
            hole = range(len(held) + 1, batch.first_seq)
            held += [Entry(seq, HOLE, bytes.fromhex(batch.prev_hash)) for seq in hole]
        if batch.first_seq > len(held) + 1:
            need_from = len(held) + 1
        else:
            before = held[batch.first_seq - 2].hash if batch.first_seq > 1 else GENESIS
            assert bytes.fromhex(batch.prev_hash) == before, "a fork"
            for seq, body, digest in batch.links():
                if seq <= len(held):
                    assert held[seq - 1].hash == digest, "a fork"
                else:
                    held.append(Entry(seq, body, digest))
                    self.inserts += 1
        return self.ack(batch.epoch, need_from)

    def ack(self, epoch: str, need_from: int | None = None) -> bytes:
        self.clock_ms += 1
        return seal("ack", self.ack_word(epoch, need_from), SERVER.sign)

    def ack_word(self, epoch: str, need_from: int | None = None) -> Ack:
        held = self.held.get(epoch, [])
        head = held[-1].hash if held else GENESIS
        return Ack(
            gateway=self.gateway,
            epoch=epoch,
            upto=len(held),
            head_hash=head.hex(),
            need_from=need_from,
            server_ms=self.clock_ms,
        )

    def put_back(self, epoch: str, upto: int) -> None:
        """Restore a backup."""
        del self.held.setdefault(epoch, [])[upto:]
