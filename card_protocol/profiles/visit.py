"""A tap at a care station, a clinic, an activity or the property office: read the content, append to the log.

    opening    SelectApplication · AuthenticateEV2First (2) · ReadData of the content: four round trips
    appending  [AuthenticateEV2NonFirst where the log has its own key (2)] · WriteRecord · CommitTransaction

Between the two the point decides (a clinic without consent appends nothing). A point holds the keys of its own
application and of no other, so a door can read none of this.
"""

from dataclasses import dataclass, field

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import Random, authenticate_non_first
from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import read_data
from card_protocol.channel.files import NEVER
from card_protocol.channel.records import append_record
from card_protocol.channel.session import Session
from card_protocol.channel.transaction import commit
from card_protocol.errors import CallerFault
from card_protocol.profiles.card_keys import DoorKeys, key_on_card
from card_protocol.profiles.layout import ACTIVITY, CARE, CLINIC, PROPERTY, Application, FileSpec
from card_protocol.profiles.refusal import CardRefusal, refusing
from card_protocol.profiles.tap import authenticate_slot

VISITED = (CARE, CLINIC, ACTIVITY, PROPERTY)
"""The applications of this shape: first file content, second file log."""


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A card whose content was read, ready for the log. `content` is never looked at here."""

    uid: bytes
    application: Application
    key_version: int
    content: bytes = field(repr=False)
    session: Session = field(repr=False)


def open_visit(
    uid: bytes, application: Application, keys: DoorKeys, random: Random
) -> Conversation[OpenVisit | CardRefusal]:
    """Authenticate in one of `VISITED` and read its content file."""
    if application not in VISITED:
        raise CallerFault(f"{application.name} is not an application of visits")
    return (yield from refusing(_open_visit(uid, application, keys, random)))


def append_visit(visit: OpenVisit, record: bytes, keys: DoorKeys, random: Random) -> Conversation[CardRefusal | None]:
    """Append one encoded record (`card_records`) to the log, as a transaction. None when it is on the card."""
    return (yield from refusing(_append_visit(visit, record, keys, random)))


def _open_visit(
    uid: bytes, application: Application, keys: DoorKeys, random: Random
) -> Conversation[OpenVisit | CardRefusal]:
    content, _ = application.files
    yield from select_application(application.aid)
    found = yield from authenticate_slot(uid, application, application.keys[content.rights.read], keys, random)
    if isinstance(found, CardRefusal):
        return found
    session, version = found
    data = yield from read_data(session, content.number, 0, content.size_bytes, content.mode)
    return OpenVisit(uid, application, version, data, session)


def _append_visit(visit: OpenVisit, record: bytes, keys: DoorKeys, random: Random) -> Conversation[CardRefusal | None]:
    _, log = visit.application.files
    slot = visit.application.keys[_writer(log)]
    session = visit.session
    if slot.number != session.key_no:
        leaf = next((k for k in keys.leaves.get(slot.purpose, ()) if k.version == visit.key_version), None)
        if leaf is None:
            raise CallerFault(f"this point holds no {slot.name} key of version {visit.key_version}")
        key = key_on_card(leaf, slot, visit.application.aid, visit.uid)
        session = yield from authenticate_non_first(session, key, slot.number, random)
    yield from append_record(session, log.number, record, log.mode)
    yield from commit(session)
    return None


def _writer(log: FileSpec) -> int:
    return log.rights.read_write if log.rights.write == NEVER else log.rights.write
