"""What goes into the sync machine, and what comes out of it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from card_protocol.wire.ack import Ack
from card_protocol.words.event import GENESIS
from gateway.ports.journal import Entry, Head


class Timer(StrEnum):
    """What the machine may wait for."""

    LINGER = "linger"
    PROGRESS = "progress"


class LinkUp(NamedTuple):
    """The broker took us, and our subscriptions."""


class LinkDown(NamedTuple):
    """The connection is gone; nothing that was not acknowledged can be relied on."""


class Grown(NamedTuple):
    """The journal's head is here."""

    head_seq: int


class Pulled(NamedTuple):
    """The answer to a `Pull`: entries from `from_seq` on; `previous` is the chain hash before the first of them.

    `before` is our own chain at `from_seq - 1`, None when we do not have that event.
    """

    from_seq: int
    previous: bytes
    entries: Sequence[Entry]
    before: bytes | None = None


class Acked(NamedTuple):
    """An ack whose signature was verified.

    `own_hash` is our own chain at `ack.upto`, None when we do not have that event; up to `floor_seq` they were pruned.
    `same_hash` is our own chain at `ack.same_upto`, `floor_hash` that at the floor.
    """

    ack: Ack
    own_hash: bytes | None
    floor_seq: int = 0
    same_hash: bytes | None = None
    floor_hash: bytes = GENESIS


class Fired(NamedTuple):
    """A timer ran out."""

    timer: Timer
    token: int


class Pull(NamedTuple):
    """Read entries and come back with `Pulled`."""

    from_seq: int
    limit: int


class Send(NamedTuple):
    """Publish a batch; `last_seq` is its last event."""

    message: bytes
    last_seq: int


class SaveAcked(NamedTuple):
    """Remember what the server holds."""

    head: Head


class StartTimer(NamedTuple):
    """Come back with `Fired` after that time; replaces a timer of the same kind."""

    timer: Timer
    wait_ms: int
    token: int


class Missing(NamedTuple):
    """The server asks for events that were pruned: say so."""

    from_seq: int
    to_seq: int


class Refuse(NamedTuple):
    """An ack that does not fit our journal: record it."""

    why: str


class Parted(NamedTuple):
    """The server holds another history of this epoch than the file: the file was put back to an older state, or there
    are two boxes with one name. What both hold ends at `same_upto`, None while that is not known.
    """

    why: str
    same_upto: int | None = None


Input = LinkUp | LinkDown | Grown | Pulled | Acked | Fired
Effect = Pull | Send | SaveAcked | StartTimer | Missing | Refuse | Parted
