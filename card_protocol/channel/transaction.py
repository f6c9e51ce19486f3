"""CommitTransaction and AbortTransaction. Source: MF3DX2, transaction commands.

All writes to backup, value and record files of the current application become valid together, or not at all.
"""

from dataclasses import dataclass
from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.session import Session
from card_protocol.errors import Malformed

COMMIT_TRANSACTION: Final = 0xC7
ABORT_TRANSACTION: Final = 0xA7
COUNTER_BYTES: Final = 4
MARK_BYTES: Final = 12
_WITH_MARK: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class TransactionMark:
    """What a transaction MAC file holds: the counter after the transaction, and the MAC over it."""

    counter: int
    value: bytes

    @classmethod
    def decode(cls, raw: bytes) -> "TransactionMark":
        """TMC (4, least significant first) ‖ TMV (8)."""
        if len(raw) != MARK_BYTES:
            raise Malformed("a transaction MAC file holds 12 bytes")
        return cls(int.from_bytes(raw[:COUNTER_BYTES], "little"), raw[COUNTER_BYTES:])


def commit(session: Session) -> Conversation[None]:
    """Make the pending writes valid. The card answers "no changes" when there are none: a StatusFault."""
    yield from session.run(COMMIT_TRANSACTION, mode=Mode.MAC, doing="CommitTransaction")


def commit_marked(session: Session) -> Conversation[TransactionMark]:
    """Commit in an application that has a transaction MAC file, and get its new counter and value."""
    answer = yield from session.run(COMMIT_TRANSACTION, _WITH_MARK, mode=Mode.MAC, doing="CommitTransaction")
    return TransactionMark.decode(answer)


def abort(session: Session) -> Conversation[None]:
    """Forget the pending writes."""
    yield from session.run(ABORT_TRANSACTION, mode=Mode.MAC, doing="AbortTransaction")
