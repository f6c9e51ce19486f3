"""Purses of cards: what stations report is kept, whatever its order, and the books are made of it (purse_books).

A payment is told up to three times: begun, then made or torn, then settled. All of them are one row; a later word about
it wins over an earlier one, and a word that comes twice changes nothing.
"""

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.channel.transaction import TransactionMark
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.card_keys import key_on_card
from card_protocol.profiles.card_records import PurseEntry, point_tag
from card_protocol.profiles.layout import PURSE, KeySlot
from card_protocol.profiles.purse import Receipt, payment_proven
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import MINUTE_MS
from server.services.access import access
from server.services.cards import cards
from server.services.keys.keystore import Keystore
from server.services.purses import purse_books
from server.services.purses.purse_books import Books, Fate, Item, Proof, State, Told
from server.services.sight import Sight
from server.services.work import Work
from server.tables import CardRow, PurseEntryRow

SEQ_MASK: Final = 0xFFFFFFFF
MAC_SLOT: Final = KeySlot(PURSE.file("transaction mac").number, "transaction mac", Purpose.PURSE_TRANSACTION_MAC)
KEY_VERSIONS_BACK: Final = 3
"""The MAC's key stays what it was when the card was issued."""

_KINDS: Final = {
    EventKind.PAYMENT_BEGUN: State.BEGUN,
    EventKind.PAYMENT_MADE: State.MADE,
    EventKind.PAYMENT_TORN: State.TORN,
}
_RANK: Final = (State.BEGUN, State.TORN, State.UNKNOWN, State.NOT_CARRIED_OUT, State.CARRIED_OUT, State.MADE)
"""A later word wins over an earlier one; `made`, which the card itself proves, over all."""


class EntryView(BaseModel):
    """One line of a purse's books. Amounts in fen; `value` is what the purse held after it."""

    id: int
    counter: int
    amount: int
    subsidy: int
    value: int | None
    fate: Fate
    proof: Proof
    point: str | None
    """None where the reader's role does not see who was there."""
    at_ms: int
    actor: str


class ItemView(BaseModel):
    """Something that stands open: transactions first..last, and the money [fen] where the values tell."""

    kind: purse_books.ItemKind
    first: int
    last: int
    amount: int | None


class LedgerView(BaseModel):
    """The books of one card's purse, newest line first."""

    card_id: str
    card_number: int
    holder_id: str | None
    holder_name: str | None
    balance: int | None
    counter: int
    paid_in: int
    spent: int
    missing: int | None
    lines: list[EntryView]
    items: list[ItemView]


def hear(work: Work, keystore: Keystore, gateway: str, event: Event) -> None:
    """Take in what an event says of a payment; others say nothing, and one of a card that we do not know neither."""
    state = _state_of(event)
    if state is None or event.card_id is None or event.point is None:
        return
    card = work.session.get(CardRow, event.card_id)
    numbers = [event.detail.get(name) for name in ("amount", "point_seq", "counter")]
    if card is None or not all(isinstance(number, int) and number >= 0 for number in numbers):
        return
    amount, point_seq, counter = (int(number or 0) for number in numbers)
    row = PurseEntryRow(
        card_id=card.id,
        issued_ms=card.issued_ms or 0,
        holder_id=card.holder_id,
        point=event.point,
        gateway_id=gateway,
        point_seq=point_seq & SEQ_MASK,
        amount=-amount,
        before=counter - 1 if state is State.MADE else counter,
        value=_number(event, "value") if state is State.MADE else None,
        state=state.value,
        proof=Proof.NONE.value,
        at_ms=event.wall_ms,
        heard_ms=work.now_ms,
        minute=_number(event, "minute") or event.wall_ms // MINUTE_MS,
    )
    if state is State.MADE:
        row.proof = _proof(keystore, card, row, str(event.detail.get("mac", ""))).value
    keep(work, row)


def keep(work: Work, row: PurseEntryRow) -> PurseEntryRow:
    """Keep one word about a transaction beside what is known of it."""
    key = (
        (col(PurseEntryRow.card_id) == row.card_id)
        & (col(PurseEntryRow.issued_ms) == row.issued_ms)
        & (col(PurseEntryRow.point) == row.point)
        & (col(PurseEntryRow.point_seq) == row.point_seq)
        & (col(PurseEntryRow.before) == row.before)
    )
    known = work.session.exec(select(PurseEntryRow).where(key)).first()
    if known is None:
        known = row
    elif _wins(State(row.state), State(known.state)):
        known.state, known.value, known.proof = row.state, row.value, row.proof
    work.session.add(known)
    work.session.flush()
    work.tell("care", {})
    return known


def _wins(new: State, old: State) -> bool:
    return old is not State.MADE and _RANK.index(new) >= _RANK.index(old)


def books(session: Session, card: CardRow) -> Books:
    """The books of a card's present purse."""
    return purse_books.books_of(told(row) for row in rows_of(session, card))


def rows_of(session: Session, card: CardRow) -> list[PurseEntryRow]:
    """What was told of a card's present purse."""
    mine = (col(PurseEntryRow.card_id) == card.id) & (col(PurseEntryRow.issued_ms) == (card.issued_ms or 0))
    return list(session.exec(select(PurseEntryRow).where(mine)))


def told(row: PurseEntryRow) -> Told:
    """Row -> word."""
    return Told(row.id or 0, row.amount, row.before, State(row.state), row.value, Proof(row.proof))


def ledger(session: Session, card_id: str, sight: Sight) -> LedgerView:
    """One card's purse; Problem NOT_FOUND. Where somebody ate is for those who see care stations."""
    card = cards.row_of(session, card_id)
    view = cards.view_of(session, card)
    rows = {row.id: row for row in rows_of(session, card)}
    found = purse_books.books_of(map(told, rows.values()))
    kinds = access.point_kinds(session)
    hidden = {point for point, kind in kinds.items() if kind not in sight.full}
    return LedgerView(
        card_id=card.id,
        card_number=card.number,
        holder_id=card.holder_id,
        holder_name=view.holder_name,
        balance=found.balance,
        counter=found.counter,
        paid_in=found.paid_in,
        spent=found.spent,
        missing=found.missing,
        lines=[_line(rows[line.told.id], line, hidden) for line in reversed(found.lines)],
        items=item_views(found.items),
    )


def item_views(items: Iterable[Item]) -> list[ItemView]:
    """Words -> views."""
    return [ItemView(**item._asdict()) for item in items]


def _line(row: PurseEntryRow, line: purse_books.Line, hidden: set[str]) -> EntryView:
    return EntryView(
        id=row.id or 0,
        counter=row.before + 1,
        amount=row.amount,
        subsidy=row.subsidy,
        value=line.value,
        fate=line.fate,
        proof=Proof(row.proof),
        point=None if row.point in hidden else row.point,
        at_ms=row.at_ms,
        actor=row.actor,
    )


def _state_of(event: Event) -> State | None:
    if event.kind is EventKind.PAYMENT_SETTLED:
        outcome = event.detail.get("outcome")
        return State(str(outcome)) if outcome in ("carried_out", "not_carried_out", "unknown") else None
    return _KINDS.get(event.kind)


def _proof(keystore: Keystore, card: CardRow, row: PurseEntryRow, mac: str) -> Proof:
    """Whether the card itself says so: its MAC over exactly this payment."""
    if card.uid is None or row.value is None or row.gateway_id is None:
        return Proof.FALSE
    uid = bytes.fromhex(card.uid)
    try:
        receipt = Receipt(row.value, TransactionMark(row.before + 1, bytes.fromhex(mac)))
        record = PurseEntry(row.amount, point_tag(row.gateway_id, row.point), row.point_seq, row.minute)
        for version in range(card.key_version, max(0, card.key_version - KEY_VERSIONS_BACK), -1):
            key = key_on_card(keystore.leaf(MAC_SLOT.purpose, version), MAC_SLOT, PURSE.aid, uid)
            if payment_proven(receipt, key, uid, record):
                return Proof.PROVEN
    except ValueError:
        return Proof.FALSE
    return Proof.FALSE


def _number(event: Event, name: str) -> int | None:
    found = event.detail.get(name)
    return found if isinstance(found, int) else None
