"""/events, /alarms"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict

from card_protocol.words.base import NUMBER_END
from card_protocol.words.event import EventKind
from card_protocol.words.ids import CardId, Slug
from card_protocol.words.moment import WallMs
from card_protocol.words.reason import Reason
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, Remark, TheHouse
from server.services import sight
from server.services.events import alarms, events
from server.services.events.alarms import AlarmView
from server.services.events.events import EventFilter, EventView
from server.services.paging import Page
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["events"])

Reader = Annotated[Actor, Depends(Needs(Permission.EVENTS_READ))]
Guard = Annotated[Actor, Depends(Needs(Permission.ALARMS_ACKNOWLEDGE))]


class Note(BaseModel):
    """What was done about it."""

    model_config = ConfigDict(extra="forbid")

    note: Remark = ""


@router.get("/events")
def listing(
    house: TheHouse,
    actor: Reader,
    gateway: Slug | None = None,
    point: Slug | None = None,
    card_id: CardId | None = None,
    kind: EventKind | None = None,
    reason: Reason | None = None,
    from_ms: WallMs | None = None,
    to_ms: WallMs | None = None,
    hour: Annotated[int | None, Query(ge=0, le=23, description="Of the local day.")] = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[EventView]:
    """Events, newest arrival first."""
    which = EventFilter(
        gateway=gateway,
        point=point,
        card_id=card_id,
        kind=kind,
        reason=reason,
        hour=hour,
        from_ms=from_ms,
        to_ms=to_ms,
    )
    with house.transactions.read() as session:
        return events.query(session, which, sight=sight.of(actor), after=after, limit=limit)


@router.get("/events/{event_id}")
def get(house: TheHouse, actor: Reader, event_id: Annotated[int, Path(ge=1, lt=NUMBER_END)]) -> EventView:
    """One event."""
    with house.transactions.read() as session:
        return events.get(session, event_id, sight=sight.of(actor))


@router.get("/alarms")
def standing(
    house: TheHouse, actor: Reader, everything: bool = False, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[AlarmView]:
    """Alarms that nobody has acknowledged, newest first; or all."""
    with house.transactions.read() as session:
        return alarms.listing(session, sight=sight.of(actor), standing=not everything, after=after, limit=limit)


@router.post("/alarms/{alarm_id}/acknowledge")
def acknowledge(house: TheHouse, actor: Guard, alarm_id: Id, note: Note | None = None) -> AlarmView:
    """Say that somebody has seen to it."""
    with house.transactions.work(actor) as work:
        return alarms.acknowledge(work, alarm_id, note=note.note if note else "")
