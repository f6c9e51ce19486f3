"""What a message of the revocation stream changes: applied at once, in any order, any number of times.

A revocation that arrives before its predecessors is applied all the same (denying early is safe); only the count of
what was seen without a gap waits for them, and the gateway's State shows it, which makes the server send the rest.
"""

from typing import NamedTuple

from card_protocol.wire.revocations import Revocations
from card_protocol.words.revocation import Revocation


class Intake(NamedTuple):
    """Entries to apply, the number up to which all were then seen, and whether some before them are missing."""

    entries: tuple[Revocation, ...]
    upto: int
    gap: bool


def take(message: Revocations, rev_seq: int) -> Intake:
    """`rev_seq` is the newest up to which all were seen."""
    gap = message.after > rev_seq
    entries = tuple(entry for entry in message.entries if entry.rev_seq > rev_seq)
    return Intake(entries, rev_seq if gap else max(rev_seq, message.upto), gap)
