"""Inspection: what a card is, how far it was personalised, and whether it is as the layout says.

The server runs it; it needs the master keys. It reads the access files, and of the other applications only their
shape: nobody needs a person's care or clinic content in order to judge a card.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from card_protocol.channel.applications import get_application_ids, select_application
from card_protocol.channel.authenticate import Random
from card_protocol.channel.card import CardVersion, get_free_memory, get_version
from card_protocol.channel.card_keys import get_key_version
from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import read_data
from card_protocol.channel.files import FileSettings, get_file_ids, get_file_settings
from card_protocol.channel.session import Session
from card_protocol.channel.transaction import MARK_BYTES, TransactionMark
from card_protocol.errors import Malformed
from card_protocol.profiles.access_files import read_file
from card_protocol.profiles.card_keys import IssuerKeys, open_slot
from card_protocol.profiles.header import Header, is_blank
from card_protocol.profiles.layout import ACCESS, CARD_AID, CARD_MASTER, LAYOUT, Application, FileSpec, Holder
from card_protocol.profiles.refusal import CardRefusal, refusing

_UPDATER: Final = ACCESS.key("updater")
_MARK: Final = ACCESS.file("transaction mac")


class Condition(StrEnum):
    """How far a card has come."""

    STOCK = "stock"
    BEGUN = "begun"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class ApplicationFinding:
    """One application of the layout. `deviations` are files that are missing or not as the layout says."""

    name: str
    present: bool
    key_versions: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessFinding:
    """The access files; `grant` and `revocations` are raw, for `check_grant` and `check_delta`."""

    header: Header | None
    grant: bytes = field(repr=False)
    revocations: bytes = field(repr=False)
    mark: TransactionMark


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found."""

    uid: bytes
    version: CardVersion
    free_bytes: int
    card_key_version: int
    unknown_applications: tuple[str, ...]
    applications: tuple[ApplicationFinding, ...]
    access: AccessFinding | None

    @property
    def condition(self) -> Condition:
        """Issued once the header is written; stock while nothing was begun."""
        if self.access is not None and self.access.header is not None:
            return Condition.ISSUED
        begun = self.card_key_version > 0 or any(finding.present for finding in self.applications)
        return Condition.BEGUN if begun else Condition.STOCK


def readable_by(holder: Holder) -> tuple[tuple[str, str], ...]:
    """What a role could read: (application, file) pairs, from the layout alone."""
    found = []
    for application in LAYOUT:
        held = {slot.number for slot in application.keys if holder in (slot.holder, Holder.SERVER)}
        for spec in application.files:
            if held & {spec.rights.read, spec.rights.read_write}:
                found.append((application.name, spec.name))
    return tuple(found)


def inspect_card(uid: bytes, keys: IssuerKeys, random: Random) -> Conversation[Inspection | CardRefusal]:
    """Look at the card `uid` without changing anything."""
    return (yield from refusing(_inspect(uid, keys, random)))


def _inspect(uid: bytes, keys: IssuerKeys, random: Random) -> Conversation[Inspection | CardRefusal]:
    yield from select_application(CARD_AID)
    version = yield from get_version()
    session, card_key_version = yield from open_slot(CARD_AID, CARD_MASTER, uid, keys, random)
    free_bytes = yield from get_free_memory(session)
    present = yield from get_application_ids(session)
    findings = []
    for application in LAYOUT:
        if application.aid in present:
            findings.append((yield from _look_into(application, uid, keys, random)))
        else:
            findings.append(ApplicationFinding(application.name, present=False))
    unknown = present - {application.aid for application in LAYOUT}
    return Inspection(
        uid=uid,
        version=version,
        free_bytes=free_bytes,
        card_key_version=card_key_version,
        unknown_applications=tuple(sorted(aid[::-1].hex().upper() for aid in unknown)),
        applications=tuple(findings),
        access=(yield from _read_access(findings[0], uid, keys, random)),
    )


def _look_into(
    application: Application, uid: bytes, keys: IssuerKeys, random: Random
) -> Conversation[ApplicationFinding]:
    yield from select_application(application.aid)
    session, _ = yield from open_slot(application.aid, application.keys[0], uid, keys, random)
    key_versions = {}
    for slot in application.keys:
        key_versions[slot.name] = yield from get_key_version(slot.number, session)
    present = yield from get_file_ids(session)
    records: dict[str, int] = {}
    deviations = [f"file {number}" for number in sorted(present - {spec.number for spec in application.files})]
    for spec in application.files:
        settings = (yield from get_file_settings(session, spec.number)) if spec.number in present else None
        if settings is None or not _as_laid_out(spec, settings):
            deviations.append(spec.name)
        if settings is not None and spec.records:
            records[spec.name] = settings.records
    return ApplicationFinding(application.name, True, key_versions, records, tuple(deviations))


def _as_laid_out(spec: FileSpec, found: FileSettings) -> bool:
    shape = (spec.kind, spec.mode, spec.rights, spec.size_bytes, spec.max_records, spec.upper)
    return shape == (found.kind, found.mode, found.rights, found.size_bytes, found.max_records, found.upper)


def _read_access(
    finding: ApplicationFinding, uid: bytes, keys: IssuerKeys, random: Random
) -> Conversation[AccessFinding | None]:
    if not finding.present or finding.deviations or not finding.key_versions[_UPDATER.name]:
        return None
    yield from select_application(ACCESS.aid)
    session, _ = yield from open_slot(ACCESS.aid, _UPDATER, uid, keys, random)
    raw = yield from read_file(session, "header")
    grant = yield from read_file(session, "grant")
    revocations = yield from read_file(session, "revocations")
    mark = yield from _read_mark(session)
    try:
        header = None if is_blank(raw) else Header.decode(raw)
    except Malformed:
        header = None
    return AccessFinding(header, grant, revocations, mark)


def _read_mark(session: Session) -> Conversation[TransactionMark]:
    raw = yield from read_data(session, _MARK.number, 0, MARK_BYTES, _MARK.mode)
    return TransactionMark.decode(raw)
