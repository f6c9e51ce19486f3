"""One line of time per person: what was entered of them, what became of their cards, where they tapped.

A reader finds in it what their role may see: taps by services.sight, cards with the right to read cards.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from server.services.events import events
from server.services.events.events import EventFilter, EventView
from server.services.roles import Permission, may
from server.services.sight import of as sight_of
from server.services.work import Actor
from server.tables import AuditRow, CardRow, HolderAliasRow

SHOWN = 30
MAX_CARDS = 50


@dataclass(frozen=True)
class Moment:
    """One thing that happened: a tap, or an action of the trail on the person or one of their cards."""

    at_ms: int
    tap: EventView | None = None
    action: str = ""
    actor: str = ""
    why: str = ""
    card_id: str | None = None
    card_number: int | None = None


def of_person(session: Session, actor: Actor, holder_id: str, *, before_ms: int | None = None) -> list[Moment]:
    """The latest SHOWN moments, newest first; older ones before a time [ms]."""
    held = _cards(session, holder_id) if may(actor, Permission.CARDS_READ) else {}
    found = _deeds(session, holder_id, held, before_ms)
    if may(actor, Permission.EVENTS_READ):
        for card_id in held:
            which = EventFilter(card_id=card_id, to_ms=before_ms)
            taps = events.query(session, which, sight=sight_of(actor), limit=SHOWN).items
            found += [Moment(tap.wall_ms, tap=tap) for tap in taps if tap.reason is not None]
    return sorted(found, key=lambda moment: -moment.at_ms)[:SHOWN]


def _cards(session: Session, holder_id: str) -> dict[str, int]:
    mine = select(CardRow.id, CardRow.number).where(CardRow.holder_id == holder_id)
    return dict(session.exec(mine.order_by(col(CardRow.number).desc()).limit(MAX_CARDS)).all())


def _deeds(session: Session, holder_id: str, held: dict[str, int], before_ms: int | None) -> list[Moment]:
    old = session.exec(select(HolderAliasRow.old_id).where(HolderAliasRow.holder_id == holder_id))
    subjects = [f"holder:{one}" for one in (holder_id, *old)] + [f"card:{card_id}" for card_id in held]
    mine = select(AuditRow).where(col(AuditRow.subject).in_(subjects)).order_by(col(AuditRow.id).desc()).limit(SHOWN)
    if before_ms is not None:
        mine = mine.where(AuditRow.at_ms < before_ms)
    moments = []
    for row in session.exec(mine):
        kind, _, name = row.subject.partition(":")
        card_id = name if kind == "card" else None
        moments.append(Moment(row.at_ms, None, row.action, row.actor, row.why, card_id, held.get(card_id or "")))
    return moments
