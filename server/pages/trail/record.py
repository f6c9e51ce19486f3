"""The record of events: searched by point, gateway, card, reason and time, and taken out with a reason; one page per
event with what it means and the proof of its place."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from card_protocol.words.event import EventKind
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import event_sentence, sentence
from server.pages import i18n, marks, words
from server.pages.answers import is_part, page, part
from server.pages.console import TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.forms import TIME_PROBLEM, moment_of
from server.pages.i18n import N_, Language
from server.pages.live.live_views import level_names, point_name
from server.pages.said import WHY_PROBLEM
from server.pages.trail.detail_words import details
from server.pages.visit import Needs, Visit, our_form
from server.services import audit
from server.services.access import access
from server.services.cards import cards
from server.services.events import events
from server.services.events.events import EventFilter, EventView
from server.services.events.place import place_of
from server.services.gateways import gateways
from server.services.problems import not_found
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50
EXPORT_MAX_EVENTS = 50_000
EXPORT_STEP_EVENTS = 200
WHY_MAX_CHARS = 300
NO_SUCH_CARD = N_("There is no card of this number.")
GATES = "*"
"""What no point is called: every gate and door."""
NOBODYS_CARD = "0" * 26
TAKEN = N_("Taken by %(name)s on %(time)s: %(why)s")
TITLES = (
    N_("Time"),
    N_("What"),
    N_("Point"),
    N_("Verdict"),
    N_("Who"),
    N_("House"),
    N_("Card"),
    N_("Gateway"),
    N_("Journal"),
    N_("Number in it"),
    N_("Arrived here"),
)
TEXT_MAX_CHARS = 63
HOURS = {str(hour): f"{hour:02}:00" for hour in range(24)}
"""Hours of the local day."""

Reader = Annotated[Visit, Depends(Needs(Permission.EVENTS_READ))]
Asked = Annotated[str, Form(max_length=TEXT_MAX_CHARS)]


@dataclass(frozen=True)
class Search:
    """What somebody looks for, as they typed it."""

    kind: str = Query("", max_length=TEXT_MAX_CHARS)
    point: str = Query("", max_length=TEXT_MAX_CHARS)
    gateway: str = Query("", max_length=TEXT_MAX_CHARS)
    reason: str = Query("", max_length=TEXT_MAX_CHARS)
    card: str = Query("", max_length=TEXT_MAX_CHARS)
    """The number that is printed on it."""
    since: str = Query("", max_length=TEXT_MAX_CHARS)
    until: str = Query("", max_length=TEXT_MAX_CHARS)
    hour: str = Query("", max_length=TEXT_MAX_CHARS)
    problems: list[str] = field(default_factory=list, init=False)

    def query(self) -> dict[str, str]:
        """As it goes into an address; what was left open stays out."""
        names = ("kind", "point", "gateway", "reason", "card", "since", "until", "hour")
        return {name: value for name in names if (value := getattr(self, name))}

    def which(self, session: Session) -> EventFilter:
        """As the service understands it; a date or a card that is none is told in `problems`."""
        return EventFilter(
            card_id=self._card(session),
            kind=EventKind(self.kind) if self.kind in set(EventKind) else None,
            reason=Reason(self.reason) if self.reason in set(Reason) else None,
            point=None if self.point == GATES else self.point or None,
            gates=self.point == GATES,
            gateway=self.gateway or None,
            hour=int(self.hour) if self.hour in HOURS else None,
            from_ms=self._moment(self.since),
            to_ms=self._moment(self.until),
        )

    def _card(self, session: Session) -> str | None:
        if not self.card:
            return None
        found = cards.of_number(session, self.card.strip())
        if found is None:
            self.problems.append(NO_SUCH_CARD)
            return NOBODYS_CARD
        return found.id

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
    with console.transactions.read() as session:
        shown = _shown(session, visit, search, after)
    if is_part(request):
        return part(visit, "events_rows.html", first=after is None, **shown)
    return page(visit, "events.html", first=True, **shown)


@router.post("/events/export", dependencies=[Depends(our_form)])
def export(
    visit: Reader,
    console: TheConsole,
    kind: Asked = "",
    point: Asked = "",
    gateway: Asked = "",
    reason: Asked = "",
    card: Asked = "",
    since: Asked = "",
    until: Asked = "",
    hour: Asked = "",
    why: Annotated[str, Form(max_length=2000)] = "",
    form: Annotated[str, Form(max_length=8)] = "xlsx",
) -> Response:
    """What the filters find, for Excel, under a line that says who took it, when and why. It is itself recorded."""
    search = Search(kind, point, gateway, reason, card, since, until, hour)
    why = why.strip()
    if form not in FORMS:
        raise not_found("form", form)
    if not why or len(why) > WHY_MAX_CHARS or not why.isprintable():
        search.problems.append(WHY_PROBLEM)
    with console.transactions.read() as session:
        which = search.which(session)
        if search.problems:
            return page(visit, "events.html", status=422, first=True, **_shown(session, visit, search, None))
        found = _all_of(session, which, visit)
        points = {one.id: point_name(one, visit.language) for one in access.points(session)}
    with console.transactions.work(visit.actor) as work:
        audit.record(work, "event.export", "events", after=search.query() | {"events": len(found)}, why=why)
    stamp = visit.say(TAKEN) % {
        "name": marks.who(visit.actor.name, visit.language),
        "time": i18n.local_time(visit.now_ms),
        "why": why,
    }
    rows = [_row(visit, one, points) for one in found]
    return list_file(visit.say(N_("Events")), visit.now_ms, form, [visit.say(t) for t in TITLES], rows, above=stamp)


@router.get("/events/{event_id}")
def event(visit: Reader, console: TheConsole, event_id: int) -> Response:
    """One event, what it means, and its place in the chain."""
    with console.transactions.read() as session:
        found = events.get(session, event_id, sight=visit.sight)
        points = {point.id: point_name(point, visit.language) for point in access.points(session)}
        names = level_names(access.levels(session), visit.language)
        place = place_of(session, console.house.keystore.server.verifier, event_id)
    told, more = _told(found, visit.language), details(found.detail, visit.language)
    return page(
        visit, "event.html", event=found, points=points, level_names=names, told=told, place=place, details=more
    )


def _shown(session: Session, visit: Visit, search: Search, after: str | None) -> dict[str, Any]:
    problems = list(search.problems)
    found = events.query(session, search.which(session), sight=visit.sight, after=after, limit=PAGE_ITEMS)
    points = {point.id: point_name(point, visit.language) for point in access.points(session)}
    boxes = {box.id: box.place or box.id for box in gateways.listing(session)}
    search.problems[:] = dict.fromkeys([*problems, *search.problems])
    places = {GATES: visit.say(N_("All gates and doors"))} | points
    return {"search": search, "found": found, "points": points, "places": places, "boxes": boxes, "hours": HOURS}


def _all_of(session: Session, which: EventFilter, visit: Visit) -> list[EventView]:
    found: list[EventView] = []
    after: str | None = None
    while len(found) < EXPORT_MAX_EVENTS:
        step = events.query(session, which, sight=visit.sight, after=after, limit=EXPORT_STEP_EVENTS)
        found += step.items
        after = step.next
        if after is None:
            break
    return found[:EXPORT_MAX_EVENTS]


def _row(visit: Visit, event: EventView, points: dict[str, str]) -> list[str]:
    """As the list shows it: who it was only where the reader's role sees it."""
    verdict = visit.say(words.REASONS[event.reason]) if event.reason is not None else ""
    return [
        i18n.local_time(event.wall_ms),
        visit.say(words.EVENT_KINDS[event.kind]),
        points.get(event.point or "", event.point or ""),
        verdict,
        event.name or "",
        event.house or "",
        str(event.card_number or ""),
        event.gateway,
        event.epoch,
        str(event.seq),
        i18n.local_time(event.received_ms),
    ]


def _told(event: EventView, language: Language) -> list[str]:
    """For the guard and for the admin."""
    said = sentence(event.reason) if event.reason is not None else event_sentence(event.kind)
    return [s.en if language is Language.EN else s.zh for s in (said.guard, said.admin)]
