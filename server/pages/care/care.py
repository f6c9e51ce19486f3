"""The board of those who were not seen, one person on it, and the home visits of a day."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from card_protocol.words.moment import local_day_and_minute
from server.pages.answers import go, is_part, page, part, refused
from server.pages.care.care_words import BUTTONS, DEEDS, STAGES, STATUSES
from server.pages.console import Console, TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.i18n import N_, local_time
from server.pages.live.live_views import point_name
from server.pages.visit import Needs, Visit, our_form
from server.services import audit
from server.services.access import access
from server.services.care import care_cases, care_watch, home_visits
from server.services.care.care_case import Deed
from server.services.care.care_cases import BY_HAND, NOTE_MAX_CHARS, order_of
from server.services.care.care_watch import Absence, WatchIn
from server.services.care.home_visit import VISIT_MAX_MS
from server.services.people import consents, holders
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission

router = APIRouter()

HOUR_MS = 3_600_000
Carer = Annotated[Visit, Depends(Needs(Permission.CARE_WORK))]
Short = Annotated[str, Form(max_length=100)]
NoteField = Annotated[str, Form(max_length=2000)]
TITLES = (N_("Came"), N_("Went"), N_("Minutes"), N_("Worker"), N_("Resident"), N_("House"))


@router.get("/care")
def board(request: Request, visit: Carer, console: TheConsole) -> Response:
    """Everybody who is watched, the most urgent first. Who opens it is in the trail; what refreshes itself is not."""
    if not is_part(request):
        with console.transactions.work(visit.actor) as work:
            audit.record(work, "care.read", "board")
    with console.transactions.read() as session:
        found = care_cases.board(session, visit.now_ms)
    shown: dict[str, Any] = {"found": found, "order_of": order_of, **_words()}
    if is_part(request):
        return part(visit, "care_board.html", **shown)
    return page(visit, "care.html", live_after=console.hub.position(), **shown)


@router.post("/care/cases/{case_id}", dependencies=[Depends(our_form)])
def act(visit: Carer, console: TheConsole, case_id: str, deed: Short = "", note: NoteField = "") -> Response:
    """Say what was done; a case that somebody else has closed meanwhile says so."""
    if deed not in BY_HAND:
        raise Problem(Code.INVALID, deed)
    with console.transactions.work(visit.actor) as work:
        care_cases.act(work, case_id, Deed(deed), note[:NOTE_MAX_CHARS])
    # The browser leads the focus there, so the next key means the same case; of one that is closed, to none.
    return go(f"/care#case-{case_id}")


@router.get("/care/people/{holder_id}")
def person(visit: Carer, console: TheConsole, holder_id: str) -> Response:
    """Whom to call, when they are away, and what became of earlier cases."""
    return _person(visit, console, holder_id)


@router.post("/care/people/{holder_id}", dependencies=[Depends(our_form)])
def change(
    visit: Carer,
    console: TheConsole,
    holder_id: str,
    contact_name: Short = "",
    contact_phone: Short = "",
    home_point: Short = "",
) -> Response:
    """Enter somebody, or change whom to call; what cannot be is told, and stays as it was typed."""
    typed = {"contact_name": contact_name, "contact_phone": contact_phone, "home_point": home_point}
    try:
        wanted = WatchIn(contact_name=contact_name, contact_phone=contact_phone, home_point=home_point or None)
        with console.transactions.work(visit.actor) as work:
            care_watch.put(work, holder_id, wanted)
    except ValidationError:
        return _person(
            visit,
            console,
            holder_id,
            visit.say(N_("A telephone number has digits only."), at="contact_phone"),
            422,
            typed,
        )
    except Problem as problem:
        if problem.code not in (Code.INVALID, Code.IN_USE):
            raise
        return _person(visit, console, holder_id, refused(visit, problem.code), problem.status, typed)
    return go(f"/care/people/{holder_id}")


@router.post("/care/people/{holder_id}/absence", dependencies=[Depends(our_form)])
def absence(visit: Carer, console: TheConsole, holder_id: str, kind: Short = "", until: Short = "") -> Response:
    """Away until a day, in hospital, or back."""
    try:
        last = date.fromisoformat(until) if until else None
        with console.transactions.work(visit.actor) as work:
            care_watch.row_of(work.session, holder_id)
            if kind in set(Absence):
                care_watch.leave(work, holder_id, Absence(kind), last)
            else:
                care_watch.back(work, holder_id)
    except (ValueError, Problem) as problem:
        if isinstance(problem, Problem) and problem.code is not Code.INVALID:
            raise
        said = visit.say(N_("Away until a day that is to come, within a year."), at="until")
        return _person(visit, console, holder_id, said, 422)
    return go(f"/care/people/{holder_id}")


@router.post("/care/people/{holder_id}/case", dependencies=[Depends(our_form)])
def worry(visit: Carer, console: TheConsole, holder_id: str, note: NoteField = "") -> Response:
    """A neighbour is worried: a case without waiting for the clock."""
    with console.transactions.work(visit.actor) as work:
        care_cases.open_case(work, holder_id, by_hand=True, note=note[:NOTE_MAX_CHARS])
    return go("/care")


@router.get("/care/visits")
def visits(visit: Carer, console: TheConsole, day: str = "") -> Response:
    """Home visits of a day, proven by two taps."""
    wanted, found, names = _visits(visit, console, day)
    may_last = visit.now_ms - VISIT_MAX_MS
    return page(visit, "care_visits.html", day=wanted, visits=found, names=names, may_last=may_last)


@router.get("/care/visits/list.{form}")
def visits_file(visit: Carer, console: TheConsole, form: str, day: str = "") -> Response:
    """The same for Excel."""
    if form not in FORMS:
        raise not_found("form", form)
    _, found, _ = _visits(visit, console, day)
    rows = [
        [
            local_time(one.came_ms),
            local_time(one.went_ms) if one.went_ms else "",
            "" if one.minutes is None else str(one.minutes),
            one.worker_name,
            one.resident_name,
            one.house,
        ]
        for one in found
    ]
    return list_file(visit.say(N_("Home visits")), visit.now_ms, form, [visit.say(t) for t in TITLES], rows)


def _visits(visit: Visit, console: Console, day: str) -> tuple[date, list[home_visits.VisitView], dict[str, str]]:
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        wanted = local_day_and_minute(visit.now_ms)[0]
    with console.transactions.work(visit.actor) as work:
        audit.record(work, "care.read", "visits")
    with console.transactions.read() as session:
        names = {one.id: point_name(one, visit.language) for one in access.points(session)}
        return wanted, home_visits.of_day(session, wanted), names


def _person(
    visit: Visit,
    console: Console,
    holder_id: str,
    problem: str = "",
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    with console.transactions.read() as session:
        holder = holders.get(session, holder_id)
        shown: dict[str, Any] = {
            "person": holder,
            "watched": care_cases.person(session, holders.row_of(session, holder_id), visit.now_ms),
            "consented": consents.is_given(session, holder_id, Purpose.NOT_SEEN),
            "cases": care_cases.of_person(session, holder_id),
            "homes": care_cases.home_points(session),
        }
    return page(visit, "care_person.html", status=status, problem=problem, typed=typed, **shown, **_words())


def _words() -> dict[str, Any]:
    hours = lambda ms: round(ms / HOUR_MS)  # noqa: E731 - one word of a template
    return {"statuses": STATUSES, "stages": STAGES, "deeds": DEEDS, "buttons": BUTTONS, "hours": hours}
