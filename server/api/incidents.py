"""/incidents: reported, read, and moved through their life."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from card_protocol.words.base import NUMBER_END
from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, TheHouse
from server.services.events.alarms import AT_ONCE
from server.services.incidents import incident_search, incident_views, incidents
from server.services.incidents.incident_asked import DeedIn, Lines, ReportIn, Source
from server.services.incidents.incident_search import Counts, IncidentFilter
from server.services.incidents.incident_views import IncidentView
from server.services.incidents.incident_words import BY_ITSELF, Action, Matter, State
from server.services.incidents.incidents import IncidentFile
from server.services.paging import Page
from server.services.problems import not_found
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(prefix="/incidents", tags=["incidents"])

Reader = Annotated[Actor, Depends(Needs(Permission.INCIDENTS_READ))]
Reporter = Annotated[Actor, Depends(Needs(Permission.INCIDENTS_REPORT))]
Handler = Annotated[Actor, Depends(Needs(Permission.INCIDENTS_HANDLE))]
Number = Annotated[int, Path(ge=1, lt=NUMBER_END)]


class SourcesIn(BaseModel):
    """The same thing again."""

    model_config = ConfigDict(extra="forbid")

    sources: Annotated[tuple[Source, ...], Field(min_length=1, max_length=AT_ONCE)]
    why: Annotated[Lines, Field(min_length=1)]


@router.get("")
def listing(
    house: TheHouse,
    actor: Reader,
    state: State | None = None,
    over: Annotated[bool, Query(description="closed and merged ones instead of the open ones")] = False,
    matter: Matter | None = None,
    unit: Annotated[str | None, Query(pattern=r"^[0-9]{12}$")] = None,
    overdue: bool = False,
    q: Annotated[str, Query(max_length=100, pattern=r"^\P{Cc}*$", description="a number, or words of the title")] = "",
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[IncidentView]:
    """Open ones by their clock, the soonest first; those that are over the newest first."""
    which = IncidentFilter(state=state, over=over, matter=matter, unit=unit, overdue=overdue, q=q)
    with house.transactions.read() as session:
        viewer = incident_views.viewer_of(session, actor, house.community)
        now = house.transactions.clock()
        return incident_search.listing(session, viewer, which, now, after=after, limit=limit)


@router.get("/counts")
def counts(house: TheHouse, actor: Reader) -> Counts:
    """How many open ones stand where."""
    with house.transactions.read() as session:
        viewer = incident_views.viewer_of(session, actor, house.community)
        return incident_search.counts(session, viewer, house.transactions.clock())


@router.post("", status_code=201)
def report(house: TheHouse, actor: Reporter, given: ReportIn) -> IncidentView:
    """Report one; an alarm or a visit becomes at most one incident."""
    with house.transactions.work(actor) as work:
        return incidents.report(work, house.community, given)


@router.get("/{number}")
def get(house: TheHouse, actor: Reader, number: Number) -> IncidentFile:
    """One with its history and what the caller may do with it now."""
    with house.transactions.read() as session:
        viewer = incident_views.viewer_of(session, actor, house.community)
        return incidents.get(session, viewer, house.community, number)


@router.post("/{number}/sources")
def add_sources(house: TheHouse, actor: Reporter, number: Number, given: SourcesIn) -> IncidentView:
    """Alarms or visits that are the same thing again join it."""
    with house.transactions.work(actor) as work:
        return incidents.add_sources(work, house.community, number, given.sources, given.why)


@router.post("/{number}/{action}")
def do(house: TheHouse, actor: Handler, number: Number, action: Action, given: DeedIn) -> IncidentView:
    """Take it on, send somebody, hand it over, close it, …; `turn` keeps two from acting at once unseen."""
    if action in BY_ITSELF:
        raise not_found("action", action)
    with house.transactions.work(actor) as work:
        return incidents.do(work, house.community, number, action, given)
