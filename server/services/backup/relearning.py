"""What a restored server learns from its gateways: revocations that it gave out after the backup was made.

A gateway's signed event says that it applied revocation n, which only we can have signed. A number that we have given
out is in our own table; one that is not was lost with the old data base, and so was the state of its card. Only the
numbers that a restore leapt over can be such: a box that lies can make up no others.
"""

import structlog
from sqlmodel import col, select

from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind
from server.services import audit
from server.services.cards.revocations import POLICY_LIFE_MS
from server.services.policies import card_entries
from server.services.signals import Wish
from server.services.work import Work, counter_value
from server.tables import CardRow, RevocationRow

LOST_FROM = "rev_seq_lost_from"
"""Counter: the first revocation number that the last restore leapt over; 0 when there was none."""
LOST_UPTO = "rev_seq_lost_upto"
"""The last one."""
LEAP = 100_000
"""More revocations than there are between two backups; the numbers are 63 bits long."""

_log = structlog.get_logger()


def hear(work: Work, event: Event) -> None:
    """Take in what an event says of a revocation; one that we know, or of a card that we do not, says nothing new."""
    if event.kind is not EventKind.REVOCATION_APPLIED or event.card_id is None:
        return
    number, state = event.detail.get("rev_seq"), event.detail.get("state")
    if not isinstance(number, int) or number < 1 or state not in set(CardState):
        return
    if work.session.get(RevocationRow, number) is None and _was_lost(work, number):
        _learn(work, number, event.card_id, CardState(state), event.wall_ms)


def _was_lost(work: Work, number: int) -> bool:
    first = counter_value(work.session, LOST_FROM)
    return first > 0 and first <= number <= counter_value(work.session, LOST_UPTO)


def _learn(work: Work, number: int, card_id: str, state: CardState, at_ms: int) -> None:
    card = work.session.get(CardRow, card_id, with_for_update=True)
    if card is None:
        return
    expires_ms = max(card.grant_to_ms, work.now_ms + POLICY_LIFE_MS)
    row = RevocationRow(rev_seq=number, card_id=card_id, state=state.value, at_ms=at_ms, expires_ms=expires_ms)
    work.session.add(row)
    later = select(RevocationRow.rev_seq).where(RevocationRow.card_id == card_id, col(RevocationRow.rev_seq) > number)
    if work.session.exec(later.limit(1)).first() is None:
        before, card.state, card.changed_ms = card.state, state.value, work.now_ms
        card_entries.mark(work, card)
        why = f"learned back from a gateway: revocation {number}"
        audit.record(
            work, f"card.{state}", f"card:{card_id}", before={"state": before}, after={"state": state}, why=why
        )
        work.tell("card", {"id": card.id, "number": card.number, "state": card.state, "holder_id": card.holder_id})
    work.session.flush()
    work.wish(Wish.PUBLISH, Wish.REVOKE)
    _log.warning("revocation_learned_back", rev_seq=number, card=card_id, state=state.value)
