"""Moving out: every card ends at once, and the household goes on without the person. What is recorded of them stays."""

from server.services import audit
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.people import finding, holders, households
from server.services.work import Work


def move_out(work: Work, holder_id: str, *, why: str) -> list[CardView]:
    """Let a person move out; the cards that ended. Problem NOT_FOUND."""
    row = holders.row_of(work.session, holder_id)
    ended = cards.end_all(work, holder_id, why=why)
    before = {"house": row.house}
    row.house, row.changed_ms, row.moved_ms = "", work.now_ms, work.now_ms
    work.session.add(row)
    work.session.flush()
    finding.index(work.session, row)
    households.settle(work, [row])
    audit.record(work, "holder.leave", f"holder:{holder_id}", before=before, after={"cards": len(ended)}, why=why)
    return ended
