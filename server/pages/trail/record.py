"""The record of events: searched by point, gateway, reason and time; one page per event with what it means."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from card_protocol.words.event import EventKind
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import event_sentence, sentence
from server.pages.answers import is_part, page, part
from server.pages.console import TheConsole
from server.pages.forms import TIME_PROBLEM, moment_of
from server.pages.i18n import Language
from server.pages.live.live_views import level_names, point_name
from server.pages.visit import Needs, Visit
from server.services.access import access
from server.services.events import events
from server.services.events.events import EventFilter, EventView
from server.services.gateways import gateways
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50
TEXT_MAX_CHARS = 63
REFUSED = "refused"
"""The filter value for any reason but "granted"."""

Reader = Annotated[Visit, Depends(Needs(Permission.EVENTS_READ))]


@dataclass(frozen=True)
class Search:
    """What somebody looks for, as they typed it."""

    kind: str = Query("", max_length=TEXT_MAX_CHARS)
    point: str = Query("", max_length=TEXT_MAX_CHARS)
    gateway: str = Query("", max_length=TEXT_MAX_CHARS)
    reason: str = Query("", max_length=TEXT_MAX_CHARS)
    since: str = Query("", max_length=TEXT_MAX_CHARS)
    until: str = Query("", max_length=TEXT_MAX_CHARS)
    problems: list[str] = field(default_factory=list, init=False)

    def query(self) -> dict[str, str]:
        """As it goes into an address; what was left open stays out."""
        names = ("kind", "point", "gateway", "reason", "since", "until")
        return {name: value for name in names if (value := getattr(self, name))}

    def which(self) -> EventFilter:
        """As the service understands it; a date that is none is told in `problems`."""
        return EventFilter(
            kind=EventKind(self.kind) if self.kind in set(EventKind) else None,
            reason=Reason(self.reason) if self.reason in set(Reason) else None,
            point=self.point or None,
            gateway=self.gateway or None,
            from_ms=self._moment(self.since),
            to_ms=self._moment(self.until),
        )

    def _moment(self, text: str) -> int | None:
        if not text:
            return None
        try:
            return moment_of(text)
        except ValueError:
            self.problems.append(TIME_PROBLEM)
            return None


@router.get("/events")
def listing(
    request: Request,
    visit: Reader,
    console: TheConsole,
    search: Annotated[Search, Depends()],
    after: str | None = None,
) -> Response:
    """Newest arrival first."""
    which = search.which()
    with console.transactions.read() as session:
        found = events.query(session, which, sight=visit.sight, after=after, limit=PAGE_ITEMS)
        points = {point.id: point_name(point, visit.language) for point in access.points(session)}
        boxes = {box.id: box.place or box.id for box in gateways.listing(session)}
    shown: dict[str, Any] = {"search": search, "found": found, "points": points, "boxes": boxes}
    if is_part(request):
        return part(visit, "events_rows.html", first=after is None, **shown)
    return page(visit, "events.html", first=True, **shown)


@router.get("/events/{event_id}")
def event(visit: Reader, console: TheConsole, event_id: int) -> Response:
    """One event, what it means, and its place in the chain."""
    with console.transactions.read() as session:
        found = events.get(session, event_id, sight=visit.sight)
        points = {point.id: point_name(point, visit.language) for point in access.points(session)}
        names = level_names(access.levels(session), visit.language)
    return page(visit, "event.html", event=found, points=points, level_names=names, told=_told(found, visit.language))


def _told(event: EventView, language: Language) -> list[str]:
    """For the guard and for the admin."""
    said = sentence(event.reason) if event.reason is not None else event_sentence(event.kind)
    return [s.en if language is Language.EN else s.zh for s in (said.guard, said.admin)]
