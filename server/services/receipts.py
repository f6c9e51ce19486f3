"""Receipts: what each gateway has made of a card that may open no doors any more (design § 6, issue C).

A gateway denies the card from the moment on which it says that it has applied the revocation. One that has not
said so goes on by the policy it holds, but never beyond that policy's end: then it admits nobody.
"""

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import Session, col, select

from card_protocol.words.card import CardState
from server.services import cards
from server.tables import CardRow, GatewayRow, PolicyVersionRow, RevocationAppliedRow, RevocationRow


class ReceiptLine(BaseModel):
    """One gateway: either `denied_since_ms`, or until when it may still admit the card."""

    gateway: str
    place: str
    online: bool
    offline_since_ms: int | None
    applied_rev_seq: int
    denied_since_ms: int | None
    may_admit_until_ms: int | None
    """None when it denies the card, or holds no policy and so admits nobody."""


class Receipt(BaseModel):
    """The newest revocation of a card and what became of it."""

    card_id: str
    rev_seq: int
    state: CardState
    at_ms: int
    lines: list[ReceiptLine]

    @property
    def complete(self) -> bool:
        """Whether no gateway can admit the card any more."""
        return all(line.may_admit_until_ms is None for line in self.lines)


def of_card(session: Session, card_id: str) -> Receipt | None:
    """The receipt of a card's newest revocation; None when it has none or works again. Problem NOT_FOUND."""
    card = cards.row_of(session, card_id)
    statement = select(RevocationRow).where(RevocationRow.card_id == card_id)
    newest = session.exec(statement.order_by(col(RevocationRow.rev_seq).desc()).limit(1)).first()
    if newest is None or card.state == CardState.ACTIVE:
        return None
    boxes = session.exec(
        select(GatewayRow)
        .where(GatewayRow.org == card.org, col(GatewayRow.signing_key).is_not(None))
        .where(col(GatewayRow.revoked_ms).is_(None))
        .order_by(GatewayRow.id)
    )
    lines = [_line(session, box, card, newest.rev_seq) for box in boxes]
    return Receipt(
        card_id=card_id, rev_seq=newest.rev_seq, state=CardState(newest.state), at_ms=newest.at_ms, lines=lines
    )


def _line(session: Session, box: GatewayRow, card: CardRow, rev_seq: int) -> ReceiptLine:
    denied = box.rev_seq >= rev_seq
    return ReceiptLine(
        gateway=box.id,
        place=box.place,
        online=box.online,
        offline_since_ms=box.offline_since_ms,
        applied_rev_seq=box.rev_seq,
        denied_since_ms=_applied_ms(session, box.id, rev_seq) if denied else None,
        may_admit_until_ms=None if denied else _admits_until_ms(session, box, card),
    )


def _applied_ms(session: Session, gateway_id: str, rev_seq: int) -> int | None:
    statement = select(func.min(RevocationAppliedRow.at_ms)).where(
        RevocationAppliedRow.gateway_id == gateway_id, RevocationAppliedRow.rev_seq >= rev_seq
    )
    return session.exec(statement).one()


def _admits_until_ms(session: Session, box: GatewayRow, card: CardRow) -> int | None:
    if box.policy_version == 0:
        return None
    held = session.get(PolicyVersionRow, (box.id, box.policy_version))
    return min(held.expires_ms, card.valid_to_ms) if held is not None else card.valid_to_ms
