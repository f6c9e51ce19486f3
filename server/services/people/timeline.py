"""One line of time per person: taps, visits, care, clinic, meals, tickets, incidents, cards and entries, in order.

A reader finds in it the kinds that their role sees (timeline_kinds), and nothing else.
"""

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from server.services.access import access
from server.services.events import events
from server.services.events.events import EventFilter
from server.services.incidents.incident_views import view_of, viewer_of
from server.services.people import holders
from server.services.people.timeline_kinds import POINTS, Kind, kind_of_action, kinds_of
from server.services.people.timeline_pieces import PIECES, Moment
from server.services.sight import NOWHERE, Sight
from server.services.work import Actor
from server.tables import AuditRow, CardRow, HolderAliasRow, HolderRow, IncidentRow

SHOWN = 30
MAX_CARDS = 50
LATEST_MS = 2**62
FREED = ("card.stock", "card.forget")
"""Deeds after which a card is nobody's."""


class _Held(NamedTuple):
    """A card of theirs."""

    number: int
    since_ms: int
    """What came before was somebody else's: a card that was made blank is given to another."""


def of_person(
    session: Session, actor: Actor, holder_id: str, *, before_ms: int | None = None, only: Kind | None = None
) -> list[Moment]:
    """The latest SHOWN moments, newest first; older ones before a time [ms]; of one kind alone. Problem NOT_FOUND."""
    who, upto_ms = holders.row_of(session, holder_id), LATEST_MS if before_ms is None else before_ms
    seen = kinds_of(actor) if only is None else kinds_of(actor) & {only}
    found: Iterable[Moment] = chain(
        _taps(session, who, seen, before_ms),
        _deeds(session, who, seen, upto_ms),
        _incidents(session, actor, who, upto_ms) if Kind.INCIDENT in seen else (),
        *(piece(session, who, upto_ms, SHOWN) for kind, piece in PIECES.items() if kind in seen),
    )
    return sorted(found, key=lambda moment: -moment.at_ms)[:SHOWN]


def _taps(session: Session, who: HolderRow, seen: frozenset[Kind], before_ms: int | None) -> list[Moment]:
    kinds = {point: kind for kind in seen & set(POINTS) for point in POINTS[kind]}
    if not kinds:
        return []
    points, sight = access.point_kinds(session), Sight(frozenset(kinds), NOWHERE)
    found = []
    for card_id, card in _cards(session, who.id).items():
        which = EventFilter(card_id=card_id, from_ms=card.since_ms, to_ms=before_ms)
        for tap in events.query(session, which, sight=sight, limit=SHOWN).items:
            kind = kinds.get(points[tap.point]) if tap.point in points else None
            if tap.reason is not None and kind is not None and not tap.veiled:
                found.append(Moment(tap.wall_ms, kind, tap=tap))
    return found


def _cards(session: Session, holder_id: str) -> dict[str, _Held]:
    mine = select(CardRow.id, CardRow.number).where(CardRow.holder_id == holder_id)
    numbers = dict(session.exec(mine.order_by(col(CardRow.number).desc()).limit(MAX_CARDS)).all())
    freed = select(AuditRow.subject, func.max(AuditRow.at_ms)).where(
        col(AuditRow.subject).in_([f"card:{card_id}" for card_id in numbers]), col(AuditRow.action).in_(FREED)
    )
    ended = dict(session.exec(freed.group_by(AuditRow.subject)).all())
    return {card_id: _Held(number, ended.get(f"card:{card_id}", -1) + 1) for card_id, number in numbers.items()}


def _deeds(session: Session, who: HolderRow, seen: frozenset[Kind], before_ms: int) -> list[Moment]:
    """Lines of the trail about them and their cards."""
    held = _cards(session, who.id)
    old = session.exec(select(HolderAliasRow.old_id).where(HolderAliasRow.holder_id == who.id))
    subjects = [f"holder:{one}" for one in (who.id, *old)] + [f"card:{card_id}" for card_id in held]
    mine = select(AuditRow).where(col(AuditRow.subject).in_(subjects), AuditRow.at_ms < before_ms)
    moments = []
    for row in session.exec(mine.order_by(col(AuditRow.id).desc())):
        kind = kind_of_action(row.action)
        if kind is None or kind not in seen:
            continue
        about, _, name = row.subject.partition(":")
        card = held[name] if about == "card" else None
        if card is not None and row.at_ms < card.since_ms:
            continue
        shown = card if Kind.CARD in seen else None
        card_id, number = (name, shown.number) if shown is not None else (None, None)
        moments.append(Moment(row.at_ms, kind, None, row.action, row.actor, row.why, card_id, number))
        if len(moments) == SHOWN:
            break
    return moments


def _incidents(session: Session, actor: Actor, who: HolderRow, before_ms: int) -> list[Moment]:
    """Those about them whose words the reader may read."""
    viewer = viewer_of(session, actor, who.org)
    mine = select(IncidentRow).where(IncidentRow.holder_id == who.id, IncidentRow.reported_ms < before_ms)
    rows = session.exec(mine.order_by(col(IncidentRow.number).desc()).limit(SHOWN))
    views = [view for row in rows if (view := view_of(row, viewer)) is not None and not view.veiled]
    return [
        Moment(
            view.reported_ms,
            Kind.INCIDENT,
            code=view.state,
            text=view.title,
            number=view.number,
            actor=view.reported_by,
        )
        for view in views
    ]
