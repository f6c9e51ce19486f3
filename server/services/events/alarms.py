"""Alarms: what a guard must see, until somebody has acknowledged it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.point import PointKind
from server.services import audit
from server.services.access import access
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut
from server.services.problems import Code, Problem, not_found
from server.services.sight import Sight, is_veiled
from server.services.sight import of as sight_of
from server.services.work import Work
from server.tables import AlarmRow

Detail = Mapping[str, str | int]

AT_ONCE = 200
"""How many alike alarms are one thing on a screen, and may become one incident."""


class AlarmKind(StrEnum):
    """Why."""

    FORK = "fork"
    """Two events under one key: history was written twice."""
    DEAD_LETTER = "dead_letter"
    FORGED = "forged"
    DURESS = "duress"
    """Somebody is being forced: a sign at a point, or a tap that carries it."""
    REVOKED_TAP = "revoked_tap"
    CARD_GAP = "card_gap"
    """A card counted transactions that nobody reported."""
    COUNTER_BACK = "counter_back"
    """A transaction number of a card came twice: the card was put back to an older state, or there are two."""
    GATEWAY = "gateway"
    """A gateway reported it (card_protocol.words.event.ALARMS); `detail` has the event's kind."""
    OFFLINE = "offline"
    """A gateway has hung up; its doors go on by themselves."""
    CERTIFICATE = "certificate"
    """A gateway's certificate ends soon and it has not renewed it."""


class AlarmView(BaseModel):
    """An alarm for screens."""

    id: str
    kind: AlarmKind
    gateway_id: str | None
    point: str | None
    card_id: str | None
    event_id: int | None
    at_ms: int
    detail: dict[str, Any]
    acknowledged_ms: int | None
    acknowledged_by: str | None
    note: str
    forwarded_ms: int | None
    forwarded_by: str | None


def sound(
    work: Work,
    kind: AlarmKind,
    *,
    gateway_id: str | None = None,
    point: str | None = None,
    card_id: str | None = None,
    event_id: int | None = None,
    detail: Detail | None = None,
) -> AlarmView:
    """Raise an alarm."""
    row = AlarmRow(
        id=work.new_id(),
        kind=kind.value,
        gateway_id=gateway_id,
        point=point,
        card_id=card_id,
        event_id=event_id,
        at_ms=work.now_ms,
        detail=dict(detail or {}),
    )
    work.session.add(row)
    work.session.flush()
    view = _view(row)
    work.tell("alarm", view.model_dump(mode="json"))
    return view


def sound_once(work: Work, kind: AlarmKind, *, gateway_id: str | None, detail: Detail) -> AlarmView | None:
    """The same, unless an alarm of this kind already stands for the gateway: a flood is one alarm.

    None for all that is not of a gateway of ours: whoever makes up names must not make up alarms.
    """
    of_it = col(AlarmRow.gateway_id).is_(None) if gateway_id is None else AlarmRow.gateway_id == gateway_id
    standing = select(AlarmRow.id).where(AlarmRow.kind == kind.value, of_it)
    if work.session.exec(standing.where(col(AlarmRow.acknowledged_ms).is_(None)).limit(1)).first():
        return None
    return sound(work, kind, gateway_id=gateway_id, detail=detail)


def acknowledge(work: Work, alarm_id: str, *, note: str = "") -> AlarmView:
    """Say that somebody has seen to it. Problem NOT_FOUND; WRONG_STATE when somebody has already."""
    row = _standing(work, alarm_id)
    row.acknowledged_ms, row.acknowledged_by, row.note = work.now_ms, work.actor.name, note or row.note
    return _answered(work, row, "alarm.acknowledge", note)


def forward(work: Work, alarm_id: str, *, note: str = "", why: str = "") -> AlarmView:
    """Hand it up: it goes on standing, marked as forwarded; `why` is for the trail alone. Problem as before."""
    row = _standing(work, alarm_id)
    row.forwarded_ms, row.forwarded_by, row.note = work.now_ms, work.actor.name, note or row.note
    return _answered(work, row, "alarm.forward", note or why)


def settle(work: Work, alarm_id: str, *, why: str) -> None:
    """Its cause is settled elsewhere: acknowledge it, unless somebody has or it is gone; `why` is for the trail."""
    row = work.session.get(AlarmRow, alarm_id, with_for_update=True)
    if row is not None and row.acknowledged_ms is None:
        row.acknowledged_ms, row.acknowledged_by = work.now_ms, work.actor.name
        _answered(work, row, "alarm.acknowledge", why)


def get(session: Session, alarm_id: str, *, sight: Sight) -> AlarmView:
    """One, as a reader sees it; Problem NOT_FOUND."""
    row = session.get(AlarmRow, alarm_id)
    view = seen(_view(row), sight, access.point_kinds(session)) if row is not None else None
    if view is None:
        raise not_found("alarm", alarm_id)
    return view


def listing(
    session: Session, *, sight: Sight, standing: bool = True, after: str | None = None, limit: int = PAGE_DEFAULT_ITEMS
) -> Page[AlarmView]:
    """Newest first, of what the reader sees; only those that nobody has acknowledged, or all.

    A page may hold fewer than asked for: some of its alarms are not for this reader.
    """
    limit = bounded(limit)
    statement = select(AlarmRow).order_by(col(AlarmRow.id).desc()).limit(limit + 1)
    if standing:
        statement = statement.where(col(AlarmRow.acknowledged_ms).is_(None))
    if after is not None:
        statement = statement.where(AlarmRow.id < after)
    views = [_view(row) for row in session.exec(statement)]
    page = cut(views, limit, [view.id for view in views])
    kinds = access.point_kinds(session)
    found = (seen(view, sight, kinds) for view in page.items)
    return Page(items=[view for view in found if view is not None], next=page.next)


def seen(alarm: AlarmView, sight: Sight, kinds: Mapping[str, PointKind]) -> AlarmView | None:
    """The alarm as a reader sees it; None when it is not for them. One that names no card is for everybody."""
    veiled = is_veiled(sight, alarm.point, kinds) if alarm.card_id is not None else False
    if veiled is None:
        return None
    return alarm.model_copy(update={"card_id": None}) if veiled else alarm


def _standing(work: Work, alarm_id: str) -> AlarmRow:
    row = work.session.get(AlarmRow, alarm_id, with_for_update=True)
    kinds = access.point_kinds(work.session)
    if row is None or seen(_view(row), sight_of(work.actor), kinds) is None:
        raise not_found("alarm", alarm_id)
    if row.acknowledged_ms is not None:
        raise Problem(Code.WRONG_STATE, f"{row.acknowledged_by} has acknowledged this alarm already.")
    return row


def _answered(work: Work, row: AlarmRow, action: str, note: str) -> AlarmView:
    work.session.add(row)
    audit.record(work, action, f"alarm:{row.id}", why=note)
    view = _view(row)
    work.tell("alarm", view.model_dump(mode="json"))
    return view


def _view(row: AlarmRow) -> AlarmView:
    return AlarmView.model_validate(row.model_dump())
