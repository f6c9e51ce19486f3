"""The purse: debits at points, also offline; credit only from the server. Amounts in fen.

    opening  SelectApplication · AuthenticateEV2First (2) · GetValue · ReadData of the counter: five round trips
    paying   Debit · WriteRecord · CommitTransaction: three, and one card transaction

Between the two the point makes its intention durable (amount, point sequence, the counter that it saw). When the card
is pulled away before the answer to the commit, `settle` finds out from counter and log whether it was carried out, so
that nothing is lost or taken twice. The counter and MAC of the receipt prove the payment to the server.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from card_protocol.channel import values
from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import read_data
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.records import WRITE_RECORD, append_record, read_records
from card_protocol.channel.session import Session
from card_protocol.channel.transaction import MARK_BYTES, TransactionMark, abort, commit_marked
from card_protocol.channel.transaction_mac import entry, proves
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault
from card_protocol.profiles.card_keys import DoorKeys, IssuerKeys, open_slot
from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.layout import PURSE
from card_protocol.profiles.refusal import CardRefusal, Cause, refusing
from card_protocol.profiles.tap import authenticate_slot

_VALUE: Final = PURSE.file("value")
_LOG: Final = PURSE.file("log")
_MARK: Final = PURSE.file("transaction mac")
_DEBIT: Final = PURSE.key("debit")
_CREDIT: Final = PURSE.key("credit")


@dataclass(frozen=True, slots=True)
class OpenPurse:
    """A purse that was looked into: its value and its transaction counter."""

    uid: bytes
    value: int
    counter: int
    session: Session = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A committed change: the value after it, and the card's counter and MAC."""

    value: int
    mark: TransactionMark


class Settlement(StrEnum):
    """What became of a payment whose answer was lost."""

    CARRIED_OUT = "carried_out"
    NOT_CARRIED_OUT = "not_carried_out"
    UNKNOWN = "unknown"
    """So many transactions ago that the card's log has forgotten: the server's records must tell."""


def open_purse(uid: bytes, keys: DoorKeys, random: Random) -> Conversation[OpenPurse | CardRefusal]:
    """Look into the purse of the card `uid` at a point that holds the debit key."""
    return (yield from refusing(_open_purse(uid, keys, random)))


def newest_entries(purse: OpenPurse, most: int) -> Conversation[tuple[PurseEntry, ...] | CardRefusal]:
    """Up to `most` newest entries of the purse's log, oldest first. A payment may follow in the same session.

    What was read would count into the MAC of that payment: the reading is aborted, and the value read anew.
    """
    return (yield from refusing(_newest_entries(purse, most)))


def pay(purse: OpenPurse, record: PurseEntry) -> Conversation[Receipt | CardRefusal]:
    """Take -record.amount out. OVER_LIMIT, without touching the card, when the purse holds less."""
    _require(record.amount < 0)
    if purse.value + record.amount < 0:
        return CardRefusal(Cause.OVER_LIMIT, f"the purse holds {purse.value} fen, {-record.amount} are asked for")
    return (yield from refusing(_change(purse.session, purse.value, record, values.debit)))


def take_back(purse: OpenPurse, record: PurseEntry) -> Conversation[Receipt | CardRefusal]:
    """Give record.amount back, at most what the last payment took. OVER_LIMIT from the card beyond that."""
    _require(record.amount > 0)
    return (yield from refusing(_change(purse.session, purse.value, record, values.limited_credit)))


def top_up(uid: bytes, record: PurseEntry, keys: IssuerKeys, random: Random) -> Conversation[Receipt | CardRefusal]:
    """Add record.amount; the server runs this conversation."""
    _require(record.amount > 0)
    return (yield from refusing(_top_up(uid, record, keys, random)))


def settle(purse: OpenPurse, record: PurseEntry, counter_before: int) -> Conversation[Settlement | CardRefusal]:
    """Whether the payment `record`, begun when the counter stood at `counter_before`, is on the card."""
    return (yield from refusing(_settle(purse, record, counter_before)))


def payment_proven(receipt: Receipt, key: SecretKey, uid: bytes, record: PurseEntry) -> bool:
    """Whether the card's MAC covers exactly this payment: GetValue, Debit and the log record, in this order."""
    before = receipt.value - record.amount
    entries = (
        entry(values.GET_VALUE, _amount_parameters(before)),
        entry(values.DEBIT, _amount_parameters(-record.amount)),
        entry(WRITE_RECORD, bytes((_LOG.number, 0, 0, 0, _LOG.size_bytes, 0, 0)), record.encode()),
    )
    return proves(receipt.mark, key, uid, entries)


def _open_purse(uid: bytes, keys: DoorKeys, random: Random) -> Conversation[OpenPurse | CardRefusal]:
    yield from select_application(PURSE.aid)
    found = yield from authenticate_slot(uid, PURSE, _DEBIT, keys, random)
    if isinstance(found, CardRefusal):
        return found
    session, _ = found
    value = yield from values.get_value(session, _VALUE.number, _VALUE.mode)
    mark = TransactionMark.decode((yield from read_data(session, _MARK.number, 0, MARK_BYTES, _MARK.mode)))
    return OpenPurse(uid, value, mark.counter, session)


def _newest_entries(purse: OpenPurse, most: int) -> Conversation[tuple[PurseEntry, ...] | CardRefusal]:
    # Every transaction of a purse appends one record.
    count = min(most, purse.counter, _LOG.records)
    if count == 0:
        return ()
    raw = yield from read_records(purse.session, _LOG.number, _LOG.size_bytes, count, _LOG.mode)
    yield from abort(purse.session)
    yield from values.get_value(purse.session, _VALUE.number, _VALUE.mode)
    return tuple(map(PurseEntry.decode, raw))


def _top_up(uid: bytes, record: PurseEntry, keys: IssuerKeys, random: Random) -> Conversation[Receipt | CardRefusal]:
    yield from select_application(PURSE.aid)
    session, _ = yield from open_slot(PURSE.aid, _CREDIT, uid, keys, random)
    value = yield from values.get_value(session, _VALUE.number, _VALUE.mode)
    return (yield from _change(session, value, record, values.credit))


def _change(
    session: Session,
    value: int,
    record: PurseEntry,
    command: Callable[[Session, int, int, Mode], Conversation[None]],
) -> Conversation[Receipt]:
    yield from command(session, _VALUE.number, abs(record.amount), _VALUE.mode)
    yield from append_record(session, _LOG.number, record.encode(), _LOG.mode)
    mark = yield from commit_marked(session)
    return Receipt(value + record.amount, mark)


def _settle(purse: OpenPurse, record: PurseEntry, counter_before: int) -> Conversation[Settlement | CardRefusal]:
    since = purse.counter - counter_before
    if since < 0:
        return CardRefusal(Cause.COUNTER_BACK, f"the purse counts {purse.counter}, {counter_before} had been seen")
    if since == 0:
        return Settlement.NOT_CARRIED_OUT
    # Every transaction of a purse appends one record, so these are exactly the ones since then.
    looked_at = min(since, _LOG.records)
    found = yield from read_records(purse.session, _LOG.number, _LOG.size_bytes, looked_at, _LOG.mode)
    if record.encode() in found:
        return Settlement.CARRIED_OUT
    return Settlement.NOT_CARRIED_OUT if looked_at == since else Settlement.UNKNOWN


def _amount_parameters(amount: int) -> bytes:
    return bytes((_VALUE.number,)) + amount.to_bytes(4, "little", signed=True)


def _require(sign_is_right: bool) -> None:
    if not sign_is_right:
        raise CallerFault("a payment is negative in the log, what comes back or in is positive")
