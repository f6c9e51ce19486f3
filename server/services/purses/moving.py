"""Moving what a lost card holds to its replacement, on the data base: asked about, begun once, known to be done.

The amount is put on the new card like any top-up (desk.carrying_over), with a row that says whose money it was.
That row's key is the old card: nobody can begin a second one, and one whose card never got it may be begun again.
"""

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.card import CardState
from server.services import audit
from server.services.cards import cards, receipts
from server.services.problems import Code, Problem
from server.services.purses import purses
from server.services.purses.carry_over import WAIVABLE, Hindrance, Station, Why, certain, hindrances
from server.services.purses.purse_books import CERTAIN, State
from server.services.work import Work
from server.tables import CardRow, GatewayRow, HoleRow, PointRow, PurseEntryRow, PurseMoveRow


class HindranceView(BaseModel):
    """What is in the way."""

    why: Why
    gateway: str | None
    waivable: bool


class MoveView(BaseModel):
    """How it stands with the money of a card."""

    card_id: str
    amount: int
    """What would move [fen], or has moved."""
    hindrances: list[HindranceView]
    to_card_id: str | None
    to_number: int | None


def of_card(session: Session, card_id: str) -> MoveView:
    """Whether what a card holds can be moved. Problem NOT_FOUND."""
    card = cards.row_of(session, card_id)
    move, entry = _known(session, card)
    if move is not None and (entry is None or entry.state != State.NOT_CARRIED_OUT):
        # Without an entry its time was over and it was removed: moved it is all the same.
        why = Why.MOVED if entry is None or entry.state in CERTAIN else Why.MOVING
        target = session.get(CardRow, move.to_card_id)
        return _view(card, entry.amount if entry is not None else 0, [Hindrance(why)], target)
    books = purses.books(session, card)
    found = hindrances(CardState(card.state), books, _stations(session, card))
    return _view(card, certain(books), found, None)


def begin(work: Work, from_id: str, to: CardRow, entry: PurseEntryRow, *, waive: str) -> PurseEntryRow:
    """Write the intention down: `entry` is the top-up of the new card, without an amount.

    Problem WRONG_STATE (something is in the way), INVALID (the same card, or another person's).
    """
    card = cards.row_of(work.session, from_id, lock=True)
    if card.id == to.id or card.holder_id is None or card.holder_id != to.holder_id:
        raise Problem(Code.INVALID, "The money goes to another card of the same person.")
    stands = of_card(work.session, from_id)
    blocking = [one for one in stands.hindrances if not (waive.strip() and one.waivable)]
    if blocking:
        raise Problem(Code.WRONG_STATE, ", ".join(f"{one.why} {one.gateway or ''}".strip() for one in blocking))
    if card.state == CardState.LOST:
        # Found again it must not pay: what it holds lies on another card.
        cards.change_state(work, card.id, CardState.REVOKED, why="its money was moved to another card")
    entry.amount = stands.amount
    kept = purses.keep(work, entry)
    move, _ = _known(work.session, card)
    move = move or PurseMoveRow(card_id=card.id, issued_ms=card.issued_ms or 0, to_card_id="", entry_id=0, at_ms=0)
    move.to_card_id, move.entry_id, move.at_ms = to.id, kept.id or 0, work.now_ms
    move.actor, move.why = work.actor.name, waive.strip()[:200]
    work.session.add(move)
    work.session.flush()
    audit.record(work, "purse.move", f"card:{card.id}", after={"to": to.id, "amount": kept.amount}, why=move.why)
    return kept


def _known(session: Session, card: CardRow) -> tuple[PurseMoveRow | None, PurseEntryRow | None]:
    move = session.get(PurseMoveRow, (card.id, card.issued_ms or 0))
    return move, session.get(PurseEntryRow, move.entry_id) if move is not None else None


def _stations(session: Session, card: CardRow) -> list[Station]:
    """Every gateway that takes money now, or took some of this card."""
    priced = select(PointRow.gateway_id).where(col(PointRow.price_fen).is_not(None))
    used = select(PurseEntryRow.gateway_id).where(PurseEntryRow.card_id == card.id)
    names = {name for name in (*session.exec(priced), *session.exec(used)) if name is not None}
    receipt = receipts.of_card(session, card.id)
    denied = {line.gateway: line.denied_since_ms for line in receipt.lines} if receipt is not None else {}
    boxes = session.exec(select(GatewayRow).where(col(GatewayRow.id).in_(names)).order_by(GatewayRow.id))
    return [_station(session, card, box, denied.get(box.id)) for box in boxes]


def _station(session: Session, card: CardRow, box: GatewayRow, denied_ms: int | None) -> Station:
    holes = select(HoleRow).where(HoleRow.gateway_id == box.id, HoleRow.at_ms >= (card.issued_ms or 0)).limit(1)
    gone = box.revoked_ms is not None or session.exec(holes).first() is not None
    whole = box.online and box.head_seq <= box.acked_seq
    return Station(box.id, denied_ms, box.seen_ms if whole else 0, gone)


def _view(card: CardRow, amount: int, found: list[Hindrance], target: CardRow | None) -> MoveView:
    return MoveView(
        card_id=card.id,
        amount=amount,
        hindrances=[HindranceView(why=one.why, gateway=one.gateway, waivable=one.why in WAIVABLE) for one in found],
        to_card_id=target.id if target is not None else None,
        to_number=target.number if target is not None else None,
    )
