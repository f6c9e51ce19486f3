"""Receipts: what each gateway has made of a card that may open no doors any more (design § 6, issue C).

A gateway denies the card from the moment on which it says that it has applied the revocation. One that has not
said so goes on by the policy it holds, but never beyond that policy's end: then it admits nobody. One that was shut out
hears nothing any more, and may hang on its wall all the same: it counts until then.
"""

from enum import StrEnum

from pydantic import BaseModel
from sqlalchemy import func
from sqlmodel import Session, col, select

from card_protocol.words.card import CardState
from server.services.cards import cards
from server.tables import (
    AccessLevelRow,
    CardLevelRow,
    CardRow,
    GatewayRow,
    LevelPointRow,
    PointRow,
    PolicyVersionRow,
    RevocationAppliedRow,
    RevocationRow,
)


class Bound(StrEnum):
    """What ends the time in which a gateway may still admit the card."""

    POLICY = "policy"
    """The policy that it holds expires."""
    CARD = "card"
    """The card itself was never valid for longer."""
    GRANT = "grant"
    """It has not heard of the card: only the grant that rides on the card admits it, and that dies."""
    MAX_OFFLINE = "max_offline"
    """Every access level that opens something there ends when the gateway has been offline for so long."""


class ReceiptLine(BaseModel):
    """One gateway: either `denied_since_ms`, or until when it may still admit the card."""

    gateway: str
    place: str
    online: bool
    shut_out: bool
    """Its identity was revoked."""
    offline_since_ms: int | None
    applied_rev_seq: int
    denied_since_ms: int | None
    may_admit_until_ms: int | None
    """None when it denies the card, or holds no policy and so admits nobody."""
    because: Bound | None
    """What ends it then, or ended it without the gateway's having heard of the revocation."""
    applied_after_ms: int | None
    """From the revocation to the gateway's word that it has applied it."""


class Receipt(BaseModel):
    """The newest revocation of a card and what became of it."""

    card_id: str
    number: int
    """The card's, as it is printed on it."""
    rev_seq: int
    state: CardState
    at_ms: int
    lines: list[ReceiptLine]

    @property
    def complete(self) -> bool:
        """Whether no gateway can admit the card any more."""
        return all(line.may_admit_until_ms is None for line in self.lines)


def of_card(session: Session, card_id: str, now_ms: int = 0) -> Receipt | None:
    """The receipt of a card's newest revocation; None when it has none or works again. Problem NOT_FOUND.

    Without `now_ms` nothing counts but what gateways have said: no time is over by itself.
    """
    card = cards.row_of(session, card_id)
    statement = select(RevocationRow).where(RevocationRow.card_id == card_id)
    newest = session.exec(statement.order_by(col(RevocationRow.rev_seq).desc()).limit(1)).first()
    if newest is None or card.state == CardState.ACTIVE:
        return None
    boxes = session.exec(
        select(GatewayRow)
        .where(GatewayRow.org == card.org, col(GatewayRow.signing_key).is_not(None), col(GatewayRow.gone_ms).is_(None))
        .order_by(GatewayRow.id)
    )
    lines = [_line(session, box, card, newest, now_ms) for box in boxes]
    return Receipt(
        card_id=card_id,
        number=card.number,
        rev_seq=newest.rev_seq,
        state=CardState(newest.state),
        at_ms=newest.at_ms,
        lines=[line for line in lines if not line.shut_out or line.may_admit_until_ms is not None],
    )


def _line(session: Session, box: GatewayRow, card: CardRow, revoked: RevocationRow, now_ms: int) -> ReceiptLine:
    denied = box.rev_seq >= revoked.rev_seq
    applied = since = _applied_ms(session, box.id, revoked.rev_seq) if denied else None
    until, because = (None, None) if denied else _admits_until(session, box, card)
    if until is not None and until <= now_ms:
        since, until = until, None
    return ReceiptLine(
        gateway=box.id,
        place=box.place,
        online=box.online,
        shut_out=box.revoked_ms is not None,
        offline_since_ms=box.offline_since_ms,
        applied_rev_seq=box.rev_seq,
        denied_since_ms=since,
        may_admit_until_ms=until,
        because=because,
        applied_after_ms=None if applied is None else max(0, applied - revoked.at_ms),
    )


def _applied_ms(session: Session, gateway_id: str, rev_seq: int) -> int | None:
    statement = select(func.min(RevocationAppliedRow.at_ms)).where(
        RevocationAppliedRow.gateway_id == gateway_id, RevocationAppliedRow.rev_seq >= rev_seq
    )
    return session.exec(statement).one()


def _admits_until(session: Session, box: GatewayRow, card: CardRow) -> tuple[int | None, Bound | None]:
    """The earliest of what ends it. A policy that we no longer know counts as one without an end."""
    if box.policy_version == 0:
        return None, None
    ends = [(card.valid_to_ms, Bound.CARD)]
    held = session.get(PolicyVersionRow, (box.id, box.policy_version))
    if held is not None:
        ends.append((held.expires_ms, Bound.POLICY))
        if card.issued_ms is None or held.issued_ms < card.issued_ms:
            ends.append((card.grant_to_ms, Bound.GRANT))
    longest = _longest_offline_ms(session, box.id, card.id)
    if box.offline_since_ms is not None and longest is not None:
        ends.append((box.offline_since_ms + longest, Bound.MAX_OFFLINE))
    return min(ends, key=lambda end: end[0])


def _longest_offline_ms(session: Session, gateway_id: str, card_id: str) -> int | None:
    """How long the most patient access level of the card goes on at an offline gateway; None without a limit."""
    statement = (
        select(AccessLevelRow.max_offline_ms)
        .join(CardLevelRow, col(CardLevelRow.level_id) == AccessLevelRow.id)
        .join(LevelPointRow, col(LevelPointRow.level_id) == AccessLevelRow.id)
        .join(PointRow, col(PointRow.id) == LevelPointRow.point_id)
        .where(CardLevelRow.card_id == card_id, PointRow.gateway_id == gateway_id)
    )
    limits = list(session.exec(statement))
    known = [limit for limit in limits if limit is not None]
    return max(known) if limits and len(known) == len(limits) else None
