"""Personalisation: from a stock card to an issued one, as one conversation that the server runs.

    card level      authenticate · create what is missing · close the settings · change the card master key
    each application  authenticate with its master key · create what is missing · change its keys, master last
    access          authenticate with the updater key · write header, grant, revocations · commit

It resumes. Each step first asks the card what is there: the version of a key is 0 until it was changed, a file or an
application is listed once it exists, and every one of these changes is atomic on the card. A card that was pulled
away is put back and the same order is run again; it carries on where it stopped.

The card is issued by the last command, a commit. Before it the header is blank and every door says "not issued".

Stock cards: AES master key of zeros, version 0, settings 0F. Cards that leave the factory with a DES master key need
their supplier's preparation first, because no older authentication exists in this code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from card_protocol.channel import applications as app_commands
from card_protocol.channel import files as file_commands
from card_protocol.channel.authenticate import Random, authenticate_first
from card_protocol.channel.card import get_card_uid, set_random_id
from card_protocol.channel.card_keys import CARD_MASTER_KEY, change_key, change_key_settings, get_key_version
from card_protocol.channel.converse import Conversation
from card_protocol.channel.files import FileKind
from card_protocol.channel.session import Session
from card_protocol.crypto.keys import FACTORY_KEY
from card_protocol.profiles.access_files import read_header, write_access_files
from card_protocol.profiles.card_keys import IssuerKeys, open_slot
from card_protocol.profiles.header import Header
from card_protocol.profiles.layout import (
    ACCESS,
    APPLICATION_SETTINGS,
    CARD_AID,
    CARD_MASTER,
    CARD_SETTINGS,
    KEY_SETS,
    LAYOUT,
    Application,
    FileSpec,
    KeySlot,
)
from card_protocol.profiles.refusal import CardRefusal, Cause, refusing

Tell: TypeAlias = Callable[[int, int], None]
"""(parts done, parts in all): for a progress bar at the desk."""

_UPDATER: Final = ACCESS.key("updater")


@dataclass(frozen=True, slots=True)
class IssueOrder:
    """What the card is to become. The same order may be run again until it is `Issued`.

    `grant` and `revocations` are the signed 192 bytes of their files, or empty.
    """

    uid: bytes
    header: Header
    grant: bytes = b""
    revocations: bytes = b""
    random_id: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """The card is issued. `already` when an earlier run had finished and only its last answer was lost."""

    header: Header
    already: bool = False


def personalise(
    order: IssueOrder,
    keys: IssuerKeys,
    random: Random,
    *,
    applications: Sequence[Application] = LAYOUT,
    tell: Tell = lambda _done, _of: None,
) -> Conversation[Issued | CardRefusal]:
    """Issue a stock card, or finish one that was begun. `applications` must hold the access application."""
    return (yield from refusing(_personalise(order, keys, random, applications, tell)))


def _personalise(
    order: IssueOrder, keys: IssuerKeys, random: Random, applications: Sequence[Application], tell: Tell
) -> Conversation[Issued | CardRefusal]:
    parts = len(applications) + 2
    created = yield from _claim_card(order, keys, random, applications)
    if isinstance(created, CardRefusal):
        return created
    tell(1, parts)
    # Access comes last: until its header is written, the card opens nothing.
    ordered = [*(a for a in applications if a is not ACCESS), ACCESS]
    for done, application in enumerate(ordered, start=2):
        yield from _prepare(application, order.uid, keys, random, fresh=application.aid in created)
        tell(done, parts)
    result = yield from _write_contents(order, keys, random)
    tell(parts, parts)
    return result


def _claim_card(
    order: IssueOrder, keys: IssuerKeys, random: Random, applications: Sequence[Application]
) -> Conversation[frozenset[bytes] | CardRefusal]:
    """Card level: returns the AIDs that were created just now."""
    yield from app_commands.select_application(CARD_AID)
    session, version = yield from open_slot(CARD_AID, CARD_MASTER, order.uid, keys, random)
    uid = yield from get_card_uid(session)
    if uid != order.uid:
        # Keys made for another UID would lock this card for ever.
        return CardRefusal(Cause.NOT_OUR_UID, "the card on the reader is not the one that the order names")
    present = yield from app_commands.get_application_ids(session)
    missing = [a for a in applications if a.aid not in present]
    for application in missing:
        yield from app_commands.create_application(
            session, application.aid, settings=APPLICATION_SETTINGS, keys=len(application.keys), key_sets=KEY_SETS
        )
    if version == 0:
        if order.random_id:
            yield from set_random_id(session)
        yield from change_key_settings(session, CARD_SETTINGS)
        yield from change_key(session, CARD_MASTER_KEY, keys.fresh(CARD_MASTER, CARD_AID, order.uid))
    return frozenset(a.aid for a in missing)


def _prepare(
    application: Application, uid: bytes, keys: IssuerKeys, random: Random, *, fresh: bool
) -> Conversation[None]:
    """Files and keys of one application. A `fresh` one needs no questions: all is missing."""
    yield from app_commands.select_application(application.aid)
    master, *others = application.keys
    if fresh:
        session, version = (yield from authenticate_first(FACTORY_KEY, master.number, random)), 0
        present: frozenset[int] = frozenset()
    else:
        session, version = yield from open_slot(application.aid, master, uid, keys, random)
        present = yield from file_commands.get_file_ids(session)
    for spec in application.files:
        if spec.number not in present:
            yield from create_file(session, spec, application, uid, keys)
    for slot in others:
        if fresh or (yield from get_key_version(slot.number, session)) == 0:
            yield from change_key(session, slot.number, keys.fresh(slot, application.aid, uid), FACTORY_KEY)
    if version == 0:
        yield from change_key(session, master.number, keys.fresh(master, application.aid, uid))


def create_file(
    session: Session, spec: FileSpec, application: Application, uid: bytes, keys: IssuerKeys
) -> Conversation[None]:
    """Create one file as the layout says."""
    number, mode, rights = spec.number, spec.mode, spec.rights
    if spec.kind is FileKind.VALUE:
        yield from file_commands.create_value_file(
            session, number, mode, rights, lower=0, upper=spec.upper, limited_credit=True
        )
    elif spec.kind is FileKind.CYCLIC:
        yield from file_commands.create_cyclic_file(
            session, number, mode, rights, record_bytes=spec.size_bytes, max_records=spec.max_records
        )
    elif spec.mac_purpose is not None:
        slot = KeySlot(number, spec.name, spec.mac_purpose)
        key = keys.fresh(slot, application.aid, uid)
        yield from file_commands.create_transaction_mac_file(session, number, mode, rights, key)
    else:
        yield from file_commands.create_data_file(
            session, number, mode, rights, spec.size_bytes, backup=spec.kind is FileKind.BACKUP
        )


def _write_contents(order: IssueOrder, keys: IssuerKeys, random: Random) -> Conversation[Issued | CardRefusal]:
    """Header, grant and revocations in one transaction: with its commit the card is issued."""
    yield from app_commands.select_application(ACCESS.aid)
    session, _ = yield from open_slot(ACCESS.aid, _UPDATER, order.uid, keys, random)
    carried = yield from read_header(session)
    if carried is None:
        yield from write_access_files(session, order.header, order.grant, order.revocations)
        return Issued(order.header)
    if carried.card_id == order.header.card_id:
        return Issued(carried, already=True)
    return CardRefusal(Cause.ALREADY_ISSUED, "the card is issued to somebody; recycle it first")
