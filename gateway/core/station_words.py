"""What goes into the station and what comes out, beside the words of the sync machine."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from card_protocol.wire.ack import Ack
from card_protocol.wire.command import Command, Outcome
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.passages import Passages
from card_protocol.wire.topics import Channel
from card_protocol.words.event import Event
from card_protocol.words.revocation import Revocation
from gateway.core import sync_words as sync
from gateway.ports.book import Staged, Standing
from gateway.ports.journal import Entry, Head
from gateway.ports.orders import Orders


class Chore(StrEnum):
    """What the station may wait for, beside what the sync machine waits for."""

    REPORT = "report"
    FETCH = "fetch"


class HeldKeys(NamedTuple):
    """The card key versions that the points of the box accept, and when their lease ends; zeros: not known."""

    oldest: int = 0
    newest: int = 0
    until_ms: int = 0


class Received(NamedTuple):
    """A message came down."""

    channel: Channel
    message: bytes


class JournalSeen(NamedTuple):
    """The end of the journal in use; of another epoch when a new file has taken over. `floor` is where it begins."""

    head: Head
    floor: Head


class OldSeen(NamedTuple):
    """A journal file that was set aside may still hold what the server lacks; `acked` is what it is known to hold."""

    head: Head
    floor: Head
    acked: Head | None


class PastSeen(NamedTuple):
    """Journal files that were done with, each with the number up to which the server had it."""

    upto: Mapping[str, int]


class Reopened(NamedTuple):
    """The answer to a `Reopen`: what is left of the file; Nones when it is gone."""

    ack: Ack
    head: Head | None
    floor: Head | None


class OfJournal(NamedTuple):
    """An input that belongs to one journal file."""

    epoch: str
    given: sync.Pulled | sync.Acked | sync.Fired


class Scanned(NamedTuple):
    """The answer to a `Scan`."""

    epoch: str
    entries: Sequence[Entry]


class Fetched(NamedTuple):
    """The answer to a `Fetch`: a staged policy, or why there is none.

    `again`: the cause was the equipment (network, disk), so that another try may succeed.
    """

    manifest: Manifest
    staged: Staged | None
    why: str = ""
    again: bool = False


class Flipped(NamedTuple):
    """A policy is in force."""

    standing: Standing


class Revoked(NamedTuple):
    """Revocations stick; `fresh` are those that were not there before."""

    fresh: Sequence[Revocation]
    standing: Standing


class OrdersKept(NamedTuple):
    """The answer to a `KeepOrders`: they are on the disk."""

    orders: Orders
    command: Command
    outcome: Outcome


class LogRead(NamedTuple):
    """The answer to a `ReadLog`: the newest lines, oldest first."""

    number: int
    lines: Sequence[str]


class ChoreDue(NamedTuple):
    """The wait for a chore is over."""

    chore: Chore


Input = (
    sync.LinkUp
    | sync.LinkDown
    | OfJournal
    | Received
    | JournalSeen
    | OldSeen
    | PastSeen
    | Reopened
    | Scanned
    | Fetched
    | Flipped
    | Revoked
    | OrdersKept
    | LogRead
    | ChoreDue
)


class Publish(NamedTuple):
    """Hand a message to the uplink. It may be lost."""

    channel: Channel
    message: bytes
    retain: bool = False


class ToJournal(NamedTuple):
    """An effect that belongs to one journal file; what it leads to comes back as `OfJournal`."""

    epoch: str
    effect: sync.Pull | sync.StartTimer


class Scan(NamedTuple):
    """Read the newest entries, which are not under way yet, and come back with `Scanned`."""

    from_seq: int
    limit: int


class Finished(NamedTuple):
    """The server has all that an old journal file has to give up to `upto`. What stands behind it, to `end`, is told
    again in the journal in use. A lost answer comes to nothing: it is finished at the next start.
    """

    epoch: str
    upto: int
    end: int


class Reopen(NamedTuple):
    """The server lacks some of a file that was done with; come back with `Reopened`."""

    ack: Ack


class CheckAck(NamedTuple):
    """Look up our own hash at `ack.upto` in the file of `ack.epoch` and come back with `OfJournal(…, Acked)`."""

    ack: Ack


class Write(NamedTuple):
    """Journal an event."""

    event: Event


class Fetch(NamedTuple):
    """Fetch, check and stage a policy, beside everything else; come back with `Fetched`."""

    manifest: Manifest


class Flip(NamedTuple):
    """Make a staged policy the one in force; come back with `Flipped`, or with `Fetched` when the disk refused."""

    manifest: Manifest
    staged: Staged


class Revoke(NamedTuple):
    """Apply revocations; come back with `Revoked`."""

    entries: Sequence[Revocation]
    upto: int


class Saw(NamedTuple):
    """Remember a policy version for good: there is no way back behind it."""

    version: int


class KeepOrders(NamedTuple):
    """Keep what a command changed, for good, and ring for the points; come back with `OrdersKept`."""

    orders: Orders
    command: Command
    outcome: Outcome


class ReadLog(NamedTuple):
    """Read the newest lines of the box's logs; come back with `LogRead`."""

    number: int


class KeepPassages(NamedTuple):
    """Keep what other gateways saw, for the points."""

    passages: Passages


class KeepDelta(NamedTuple):
    """Keep the newest signed delta for the points, which write it onto cards."""

    delta: bytes


class ServerTime(NamedTuple):
    """The server's signed wall time [ms], between two readings of our monotonic clock [ns]."""

    server_ms: int
    sent_ns: int
    received_ns: int


class SetAside(NamedTuple):
    """Begin a new journal file; come back with `JournalSeen`, and with `OldSeen` for the one that was in use."""

    why: str


class Wait(NamedTuple):
    """Come back with `ChoreDue` after that time; replaces an earlier wait for the same chore."""

    chore: Chore
    wait_ms: int


Effect = (
    ToJournal
    | Scan
    | Finished
    | Reopen
    | sync.SaveAcked
    | Publish
    | CheckAck
    | Write
    | Fetch
    | Flip
    | Revoke
    | Saw
    | KeepOrders
    | ReadLog
    | KeepPassages
    | KeepDelta
    | ServerTime
    | SetAside
    | Wait
)
