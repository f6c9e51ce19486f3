"""A past tap decided again from the policy of its day: it must come out the same (`onecard replay`)."""

from pydantic import BaseModel
from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.replay import replay as decided_again
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind
from card_protocol.words.reason import Reason
from card_protocol.words.revocation import Revocation
from server.services.access import past
from server.services.access.explanation import Told, told_of
from server.services.problems import not_found
from server.tables import EventRow
from server.tables.event import to_event

FOR_EVER_MS = 2**46
REVOCATIONS_MAX = 64
"""Of one card at one gateway."""


class Replayed(BaseModel):
    """Then and now. `agrees` is False also when it could not be decided again; `why_not` says why, in one line."""

    event: int
    gateway: str
    point: str | None
    wall_ms: int
    card_id: str | None
    policy_version: int | None
    then_reason: Reason | None
    then_rule: str | None
    now_reason: Reason | None
    now_rule: str | None
    agrees: bool
    why_not: str
    told: Told | None
    """What the person, the guard and the admin were told then."""


def replay(session: Session, event_id: int) -> Replayed:
    """Decide one event again; Problem NOT_FOUND."""
    row = session.get(EventRow, event_id)
    if row is None:
        raise not_found("event", event_id)
    event = to_event(row)
    book, why_not = _book_then(session, row, event)
    again = decided_again(event, book) if book is not None else None
    verdict = again.verdict if again is not None else None
    return Replayed(
        event=event_id,
        gateway=row.gateway_id,
        point=event.point,
        wall_ms=event.wall_ms,
        card_id=event.card_id,
        policy_version=event.policy_version,
        then_reason=event.reason,
        then_rule=event.rule,
        now_reason=verdict.reason if verdict is not None else None,
        now_rule=verdict.rule if verdict is not None else None,
        agrees=again is not None and again.agrees,
        why_not=again.why_not if again is not None else why_not,
        told=told_of(event.reason) if event.reason is not None else None,
    )


def _book_then(session: Session, row: EventRow, event: Event) -> tuple[MemoryBook | None, str]:
    """The book that the gateway held when it decided, as far as this card goes; or why there is none."""
    version = event.policy_version or 0
    if version == 0:
        return MemoryBook(None), ""
    head = past.head_of(session, row.gateway_id, version)
    seq = past.cards_seq_of(session, row.gateway_id, version)
    if head is None or seq is None:
        return None, f"policy {version} of {row.gateway_id} was not kept"
    if event.card_id is None:
        return MemoryBook(head), ""
    entry = past.card_at(session, event.card_id, seq)
    return MemoryBook(head, [entry] if entry is not None else [], _revoked_then(session, row, event.card_id)), ""


def _revoked_then(session: Session, row: EventRow, card_id: str) -> list[Revocation]:
    """What the gateway had heard against the card by then, by its own journal."""
    before = or_(
        and_(col(EventRow.epoch) == row.epoch, col(EventRow.seq) < row.seq),
        and_(col(EventRow.epoch) != row.epoch, col(EventRow.id) < row.id),
    )
    applied = select(EventRow).where(
        EventRow.gateway_id == row.gateway_id,
        EventRow.card_id == card_id,
        EventRow.kind == EventKind.REVOCATION_APPLIED.value,
        before,
    )
    newest = session.exec(applied.order_by(col(EventRow.id).desc()).limit(REVOCATIONS_MAX))
    return [
        Revocation(
            rev_seq=int(word.detail["rev_seq"]),
            card_id=card_id,
            state=CardState(str(word.detail["state"])),
            at_ms=word.wall_ms,
            expires_ms=FOR_EVER_MS,
        )
        for word in map(to_event, newest)
    ]
