"""Grants: the rights that ride on a card for a week, signed by the community (design § 4)."""

from sqlmodel import Session, col, select

from card_protocol.profiles.grant_file import sign_grant
from card_protocol.words.grant import GRANT_DAYS, GRANT_MAX_LEVELS, Grant
from card_protocol.words.moment import DAY_MS
from server.services.keys.keystore import Keystore
from server.services.people import holders
from server.services.work import Work
from server.tables import AccessLevelRow, CardLevelRow, CardRow


def next_grant(work: Work, keystore: Keystore, card: CardRow) -> bytes:
    """A fresh grant of a card as the bytes of its file; remembers its serial and when it dies.

    It lives for GRANT_DAYS, or as long as the card. A card with more access levels than fit carries the first
    ones: online every point knows the rest. Problem NOT_FOUND for a card without a holder.
    """
    holder = holders.row_of(work.session, card.holder_id or "")
    card.grant_serial += 1
    # Never shorter than what an earlier grant promised: that one may still be on the card.
    ends = min(work.now_ms + GRANT_DAYS * DAY_MS, card.valid_to_ms)
    card.grant_to_ms = max(card.grant_to_ms, ends)
    work.session.add(card)
    work.session.flush()
    grant = Grant(
        card_id=card.id,
        uid=card.uid or "",
        holder=holder.pseudonym,
        community=keystore.community,
        serial=card.grant_serial,
        valid_from_ms=card.valid_from_ms,
        valid_to_ms=ends,
        levels=tuple(_numbers(work.session, card.id)[:GRANT_MAX_LEVELS]),
    )
    return sign_grant(grant, keystore.grants.sign)


def _numbers(session: Session, card_id: str) -> list[int]:
    statement = select(AccessLevelRow.number).join(CardLevelRow, col(CardLevelRow.level_id) == AccessLevelRow.id)
    return list(session.exec(statement.where(CardLevelRow.card_id == card_id).order_by(col(AccessLevelRow.number))))
