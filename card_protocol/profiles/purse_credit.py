"""Money onto a purse, by the server alone: exactly once, however often the card is pulled away and put back.

    looking    SelectApplication · AuthenticateEV2First (debit) · GetValue · ReadData of the counter
    paying in  SelectApplication · AuthenticateEV2First (credit) · GetValue · Credit · WriteRecord · CommitTransaction

The server writes its intention down between the two: the record and the counter that it saw. `credit_once` may then
be run until it answers: it looks again, finds in the card's log whether the record is there, and pays in only if not.
"""

from dataclasses import dataclass
from typing import Final

from card_protocol.channel import values
from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import read_data
from card_protocol.channel.transaction import MARK_BYTES, TransactionMark
from card_protocol.profiles.card_keys import IssuerKeys, open_slot
from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.layout import PURSE
from card_protocol.profiles.purse import OpenPurse, Settlement, settle, top_up
from card_protocol.profiles.refusal import CardRefusal, Cause, refusing

_VALUE: Final = PURSE.file("value")
_MARK: Final = PURSE.file("transaction mac")
_DEBIT: Final = PURSE.key("debit")

PURSE_MAX_FEN: Final = _VALUE.upper
"""What a purse can hold [fen]."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What a purse holds [fen], and the counter of its transactions."""

    value: int
    counter: int


@dataclass(frozen=True, slots=True)
class Credited:
    """The record is on the card, as its transaction `counter`. `value` [fen] after it, where it is still known."""

    counter: int
    value: int | None
    already: bool
    """An earlier run had carried it out, and only its answer was lost."""


def look_into(uid: bytes, keys: IssuerKeys, random: Random) -> Conversation[Purse | CardRefusal]:
    """Value and counter of the card `uid`."""
    found = yield from refusing(_open(uid, keys, random))
    return found if isinstance(found, CardRefusal) else Purse(found.value, found.counter)


def find_credit(
    uid: bytes, record: PurseEntry, counter_before: int, keys: IssuerKeys, random: Random
) -> Conversation[Credited | Settlement | CardRefusal]:
    """Whether `record`, begun when the counter stood at `counter_before`, is on the card; nothing is paid in."""
    purse = yield from refusing(_open(uid, keys, random))
    return purse if isinstance(purse, CardRefusal) else (yield from _found(purse, record, counter_before))


def credit_once(
    uid: bytes, record: PurseEntry, counter_before: int, keys: IssuerKeys, random: Random
) -> Conversation[Credited | Settlement | CardRefusal]:
    """Pay record.amount in, unless the card says that this was done since its counter stood at `counter_before`.

    Nothing is paid in when the purse would hold more than it can (OVER_LIMIT), and when so much happened since that
    the card's log cannot tell any more (UNKNOWN).
    """
    purse = yield from refusing(_open(uid, keys, random))
    if isinstance(purse, CardRefusal):
        return purse
    found = yield from _found(purse, record, counter_before)
    if found is not Settlement.NOT_CARRIED_OUT:
        return found
    if purse.value + record.amount > PURSE_MAX_FEN:
        return CardRefusal(Cause.OVER_LIMIT, f"the purse holds {purse.value} fen of at most {PURSE_MAX_FEN}")
    receipt = yield from top_up(uid, record, keys, random)
    if isinstance(receipt, CardRefusal):
        return receipt
    return Credited(receipt.mark.counter, receipt.value, already=False)


def _found(
    purse: OpenPurse, record: PurseEntry, counter_before: int
) -> Conversation[Credited | Settlement | CardRefusal]:
    found = yield from settle(purse, record, counter_before)
    if found is not Settlement.CARRIED_OUT:
        return found
    last = purse.counter == counter_before + 1
    return Credited(counter_before + 1, purse.value if last else None, already=True)


def _open(uid: bytes, keys: IssuerKeys, random: Random) -> Conversation[OpenPurse | CardRefusal]:
    yield from select_application(PURSE.aid)
    session, _ = yield from open_slot(PURSE.aid, _DEBIT, uid, keys, random)
    value = yield from values.get_value(session, _VALUE.number, _VALUE.mode)
    mark = TransactionMark.decode((yield from read_data(session, _MARK.number, 0, MARK_BYTES, _MARK.mode)))
    return OpenPurse(uid, value, mark.counter, session)
