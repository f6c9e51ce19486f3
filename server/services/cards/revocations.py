"""Revocations: numbered without a hole, in the transaction that changes the card.

One with the state `active` takes the earlier ones of its card back.
"""

from sqlmodel import Session, col, select

from card_protocol.crypto.signing import Sign
from card_protocol.profiles.revocation_delta import MAX_ENTRIES, make_delta, sign_delta
from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from card_protocol.words.revocation import Revocation
from server.services.signals import Wish
from server.services.work import Work, counter_value
from server.tables import CardRow, RevocationRow

COUNTER = "rev_seq"
POLICY_LIFE_MS = 7 * DAY_MS
"""How long a published policy may be used without a newer one."""


def add(work: Work, card: CardRow, state: CardState) -> Revocation:
    """Number a revocation of this card and ask for it to be sent.

    It expires when nothing can admit the card any more: the last policy that calls it active has expired, and
    the last grant on it has died.
    """
    number = work.next_number(COUNTER)
    expires = max(card.grant_to_ms, work.now_ms + POLICY_LIFE_MS)
    row = RevocationRow(rev_seq=number, card_id=card.id, state=state.value, at_ms=work.now_ms, expires_ms=expires)
    work.session.add(row)
    work.session.flush()
    work.wish(Wish.REVOKE)
    return to_revocation(row)


def any_of(session: Session, card_id: str) -> bool:
    """Whether a card was ever revoked."""
    statement = select(RevocationRow.rev_seq).where(RevocationRow.card_id == card_id).limit(1)
    return session.exec(statement).first() is not None


def newest(session: Session) -> int:
    """The last number given, 0 before the first."""
    return counter_value(session, COUNTER)


def carried(session: Session, community: str, now_ms: int, sign: Sign) -> bytes:
    """The newest revocations as cards carry them (192 signed bytes); empty while there are none."""
    upto = newest(session)
    if not upto:
        return b""
    statement = select(RevocationRow).where(RevocationRow.expires_ms > now_ms)
    newest_first = statement.order_by(col(RevocationRow.rev_seq).desc()).limit(MAX_ENTRIES + 1)
    live = [to_revocation(row) for row in session.exec(newest_first)]
    return sign_delta(make_delta(community, upto, live, now_ms), sign)


def after(session: Session, rev_seq: int, limit: int) -> list[Revocation]:
    """Up to `limit` revocations behind a number, in order."""
    statement = select(RevocationRow).where(RevocationRow.rev_seq > rev_seq).order_by(col(RevocationRow.rev_seq))
    return [to_revocation(row) for row in session.exec(statement.limit(limit))]


def to_revocation(row: RevocationRow) -> Revocation:
    """Row -> word."""
    return Revocation(
        rev_seq=row.rev_seq,
        card_id=row.card_id,
        state=CardState(row.state),
        at_ms=row.at_ms,
        expires_ms=row.expires_ms,
    )
