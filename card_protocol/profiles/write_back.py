"""After the unlock: what a door reads and writes while the card is still there. Nobody waits for it.

    reading  grant, revocations or the newest access event (1 round trip each), in the session of the tap
    writing  AuthenticateEV2NonFirst with "event append" (2) · revocations (1) · event (1) · CommitTransaction (1)

All writes are one card transaction: a card pulled away at any frame has all of them or none. The commit is counted by
the card's transaction counter, which the door reports with its event.
"""

from dataclasses import dataclass, field
from typing import Final

from card_protocol.channel.authenticate import Random, authenticate_non_first
from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import write_data
from card_protocol.channel.records import append_record, read_records
from card_protocol.channel.transaction import TransactionMark, commit_marked
from card_protocol.errors import CallerFault
from card_protocol.profiles.access_files import read_file
from card_protocol.profiles.card_keys import DoorKeys, key_on_card
from card_protocol.profiles.layout import ACCESS
from card_protocol.profiles.refusal import CardRefusal, Cause, refusing
from card_protocol.profiles.tap import CardReading

_APPEND: Final = ACCESS.key("event append")
_EVENTS: Final = ACCESS.file("events")
_REVOCATIONS: Final = ACCESS.file("revocations")


@dataclass(frozen=True, slots=True)
class WriteBack:
    """What a door leaves on a card: an access event, and revocations when it has newer ones (192 bytes)."""

    event: bytes = field(repr=False)
    revocations: bytes = field(default=b"", repr=False)


def read_grant(reading: CardReading) -> Conversation[bytes | CardRefusal]:
    """The 192 bytes of the grant file, for `check_grant`: when a door does not know the card."""
    return (yield from refusing(read_file(reading.session, "grant")))


def read_revocations(reading: CardReading) -> Conversation[bytes | CardRefusal]:
    """The 192 bytes of the revocation file, for `check_delta`."""
    return (yield from refusing(read_file(reading.session, "revocations")))


def read_last_event(reading: CardReading) -> Conversation[bytes | CardRefusal | None]:
    """The 24 bytes of the newest access event; None when the log is empty, which costs the session (`reading`)."""
    found = yield from refusing(_read_last_event(reading))
    # A card from before doors could read the log answers as one that will not; it has nothing to say either.
    empty = isinstance(found, CardRefusal) and found.cause in (Cause.OVER_LIMIT, Cause.SESSION_LOST)
    return None if empty else found


def _read_last_event(reading: CardReading) -> Conversation[bytes | CardRefusal]:
    (newest,) = yield from read_records(reading.session, _EVENTS.number, _EVENTS.size_bytes, 1, _EVENTS.mode)
    return newest


def write_back(
    reading: CardReading, keys: DoorKeys, what: WriteBack, random: Random
) -> Conversation[TransactionMark | CardRefusal]:
    """Write in one transaction; the card's counter after it. The session is the append key's from then on."""
    return (yield from refusing(_write_back(reading, keys, what, random)))


def _write_back(
    reading: CardReading, keys: DoorKeys, what: WriteBack, random: Random
) -> Conversation[TransactionMark | CardRefusal]:
    leaves = keys.leaves.get(_APPEND.purpose, ())
    leaf = next((leaf for leaf in leaves if leaf.version == reading.key_version), None)
    if leaf is None:
        raise CallerFault(f"this point holds no {_APPEND.name} key of version {reading.key_version}")
    key = key_on_card(leaf, _APPEND, ACCESS.aid, reading.uid)
    session = yield from authenticate_non_first(reading.session, key, _APPEND.number, random)
    if what.revocations:
        yield from write_data(session, _REVOCATIONS.number, 0, what.revocations, _REVOCATIONS.mode)
    yield from append_record(session, _EVENTS.number, what.event, _EVENTS.mode)
    return (yield from commit_marked(session))
