"""Events of an old journal file that the server cannot take in their old place are told again in the journal in use.

That place is taken by another history: the box was put back to an older state and went on from there, or a copy of it
was quicker. Their bytes stay as they are; before each chunk an event says where they stood. A chunk is one
transaction, so that a power cut leaves none half told, and none is told twice.
"""

import structlog

from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import Moment
from gateway.ports.journal import Chain, Entry, Journal

CHUNK_EVENTS = 1000
SCAN_EVENTS = 1000
PROBLEM = "the server holds another history of this journal; what follows is told again"

_log = structlog.get_logger()


def carry(old: Chain, from_seq: int, upto: int, journal: Journal, moment: Moment) -> int:
    """Append the events `from_seq` to `upto` of `old`; how many there were. JournalUnavailable: do it again later."""
    epoch = old.head().epoch
    done = _told(journal, epoch)
    count = 0
    while chunk := [entry for entry in old.read(from_seq, CHUNK_EVENTS) if entry.seq <= upto]:
        if from_seq not in done:
            journal.append_bodies([_note(epoch, from_seq, chunk, moment), *(entry.body for entry in chunk)])
            count += len(chunk)
        from_seq = chunk[-1].seq + 1
    _log.warning("journal_carried", epoch=epoch, events=count)
    return count


def _note(epoch: str, from_seq: int, chunk: list[Entry], moment: Moment) -> bytes:
    span = {"from_seq": from_seq, "to_seq": chunk[-1].seq, "count": len(chunk)}
    return note_event(EventKind.JOURNAL_DAMAGED, moment, None, epoch=epoch, problem=PROBLEM, **span).to_bytes()


def _told(journal: Journal, epoch: str) -> set[int]:
    """Where chunks of that file begin which the journal in use has already."""
    found: set[int] = set()
    seq = journal.floor().seq + 1
    while entries := journal.read(seq, SCAN_EVENTS):
        for entry in entries:
            if epoch.encode() in entry.body and PROBLEM.encode() in entry.body:
                found.add(int(Event.from_bytes(entry.body).detail["from_seq"]))
        seq = entries[-1].seq + 1
    return found
