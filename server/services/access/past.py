"""What gateways knew at a time: rules and cards as they once stood, kept so that a past tap can be decided again.

Rules are kept whole, once for each form they had. A card is kept when it changes, as it was before; what never
changed is in its own row. Both are forgotten with the events that they explain.
"""

import hashlib
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col, select

from card_protocol.policy.lines import pack_word, unpack_word
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.moment import DAY_MS
from server.services.policies import card_entries
from server.services.work import Work
from server.tables import CardPastRow, CardRow, PolicyPastRow, PolicyVersionRow

KEPT_MS: Final = 400 * DAY_MS
"""Longer than any event is kept."""

HEAD_MAX_BYTES: Final = 64 << 20


def keep_card(work: Work, row: CardRow) -> None:
    """Keep a card as it is. Call it before anything about the card is changed in this transaction."""
    key = (row.id, row.changed_seq)
    if row.changed_seq == 0 or work.session.get(CardPastRow, key) is not None:
        return
    entry = card_entries.one(work.session, row.id)
    body = entry.to_bytes() if entry is not None else None
    work.session.add(CardPastRow(card_id=row.id, changed_seq=row.changed_seq, entry=body, until_ms=work.now_ms))
    work.session.flush()


def keep_head(session: Session, head: PolicyHead) -> str:
    """Keep the rules of a policy; the name under which they are kept."""
    plain = head.model_copy(update={"version": 1, "issued_ms": 0, "expires_ms": 1, "rev_seq": 0, "cards": 0})
    name = hashlib.sha256(plain.to_bytes()).hexdigest()
    if session.get(PolicyPastRow, name) is None:
        session.add(PolicyPastRow(sha256=name, head=pack_word(plain)))
        session.flush()
    return name


def forget(session: Session, now_ms: int) -> None:
    """Let go of what is older than everything that it could explain."""
    session.execute(delete(CardPastRow).where(col(CardPastRow.until_ms) < now_ms - KEPT_MS))
    session.execute(delete(PolicyVersionRow).where(col(PolicyVersionRow.expires_ms) < now_ms - KEPT_MS))
    named = select(PolicyVersionRow.past).where(col(PolicyVersionRow.past).is_not(None))
    session.execute(delete(PolicyPastRow).where(col(PolicyPastRow.sha256).not_in(named)))


def head_of(session: Session, gateway_id: str, version: int) -> PolicyHead | None:
    """The head that a gateway held as this version, without its count of cards; None when it was not kept."""
    row = session.get(PolicyVersionRow, (gateway_id, version))
    kept = session.get(PolicyPastRow, row.past) if row is not None and row.past is not None else None
    if row is None or kept is None:
        return None
    times = {"version": version, "issued_ms": row.issued_ms, "expires_ms": row.expires_ms, "rev_seq": row.rev_seq}
    return unpack_word(kept.head, PolicyHead, "policy", HEAD_MAX_BYTES).model_copy(update=times)


def card_at(session: Session, card_id: str, cards_seq: int) -> CardEntry | None:
    """A card as the state of the cards with this number contains it; None when it contains no such card."""
    row = session.get(CardRow, card_id)
    if row is not None and row.changed_seq <= cards_seq:
        return card_entries.one(session, card_id)
    statement = select(CardPastRow).where(CardPastRow.card_id == card_id, col(CardPastRow.changed_seq) <= cards_seq)
    kept = session.exec(statement.order_by(col(CardPastRow.changed_seq).desc()).limit(1)).first()
    return CardEntry.from_bytes(kept.entry) if kept is not None and kept.entry is not None else None


def cards_seq_of(session: Session, gateway_id: str, version: int) -> int | None:
    """The state of the cards that a version offered."""
    row = session.get(PolicyVersionRow, (gateway_id, version))
    return row.cards_seq if row is not None else None
