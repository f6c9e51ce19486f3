"""The journal: events in one gapless hash chain, durable before anything acts on them (design § 5)."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from card_protocol.errors import EquipmentFault
from card_protocol.words.event import Event

APPEND_TIMEOUT_MS = 2000
"""How long one append waits for another process on the box before it gives up."""


Failed = Callable[[Event, Exception], None]
"""Hears of an event that cannot be written after all, from another thread."""


class JournalUnavailable(EquipmentFault):
    """The journal could not be written: disk full, file locked for too long, device gone."""


class Entry(NamedTuple):
    """One journaled event: its place, its exact bytes and its 32-byte chain hash."""

    seq: int
    body: bytes
    hash: bytes


class Head(NamedTuple):
    """The end of the chain: `seq` 0 and zeros for an empty journal."""

    epoch: str
    seq: int
    hash: bytes


class Chain(Protocol):
    """One journal file to read from."""

    def head(self) -> Head:
        """The end of the chain as last committed by any process."""
        ...

    def floor(self) -> Head:
        """Where the file begins: the last event that was pruned, seq 0 when none was."""
        ...

    def read(self, from_seq: int, limit: int) -> Sequence[Entry]:
        """Up to `limit` entries from `from_seq` on, in order; fewer at the end, none beyond it."""
        ...

    def hash_of(self, seq: int) -> bytes | None:
        """The chain hash of `seq` (zeros for 0); None when it is pruned or not yet written."""
        ...


class Journal(Chain, Protocol):
    """Append-only events. Safe to use from several threads, and on one box from several processes."""

    def append(self, *events: Event) -> Head:
        """Write events in order, all or none; they are durable when this returns. The head behind the last one.

        JournalUnavailable when that cannot be; CallerFault for an event of more than EVENT_MAX_BYTES.
        """
        ...

    def append_bodies(self, bodies: Sequence[bytes]) -> Head:
        """The same for events whose exact bytes are there already."""
        ...

    def append_within(self, event: Event, deadline_ms: int, failed: Failed) -> Head | None:
        """The same with a deadline. None: not durable yet; it is still being written, and becomes so later or `failed`
        hears of it."""
        ...

    def count(self) -> int:
        """How many events the file holds."""
        ...

    def set_aside(self, problem: str) -> None:
        """Continue in a new file with a new epoch, whose first event tells the problem. Nothing is deleted."""
        ...


class Archive(Protocol):
    """Journal files that were set aside and may hold events that the server lacks."""

    def unsent(self) -> Sequence[tuple[Chain, Head | None]]:
        """Each with what the server is known to hold of it. May take a while: damaged files are read row by row."""
        ...

    def chain(self, epoch: str) -> Chain | None:
        """One of them again."""
        ...

    def finish(self, epoch: str, upto: int) -> None:
        """The server has all that it has to give, up to this number; it is not offered again by itself."""
        ...

    def past(self) -> Mapping[str, int]:
        """Files that are finished, each with the number up to which the server had it."""
        ...

    def reopen(self, epoch: str) -> Chain | None:
        """A finished one again, as far as it can be read: the server lost some of it. None when the file is gone.

        JournalUnavailable when it may be readable later.
        """
        ...
