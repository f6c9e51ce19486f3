"""The clinic: its queue, the waiting room's screen, and who is to come again."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from card_protocol.words.moment import local_day_and_minute
from server.pages.answers import go, is_part, page, part, refused
from server.pages.clinic.clinic_words import MOVE_WORDS, MOVES_FROM, PLACES, RECALLS
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.people.found import found_by
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services import audit
from server.services.clinic import clinic, recalls
from server.services.clinic.clinic_queue import ENDED, Move
from server.services.clinic.recalls import RecallIn
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

SOON_DAYS = 90

RECALL_PROBLEM = N_("Choose a person and a day.")
EVERY_PROBLEM = N_("Every how many days is a number from 1 to 3660, or empty.")

Nurse = Annotated[Visit, Depends(Needs(Permission.CLINIC_WORK))]
Short = Annotated[str, Form(max_length=64)]


@router.get("/clinic")
def queue(request: Request, visit: Nurse, console: TheConsole) -> Response:
    """Today's numbers. Who opens it is in the trail; what refreshes itself is not."""
    if not is_part(request):
        with console.transactions.work(visit.actor) as work:
            audit.record(work, "clinic.read", "queue")
    today = _today(visit)
    with console.transactions.read() as session:
        tickets = clinic.queue(session, today)
        here = {ticket.holder_id for ticket in tickets if ticket.holder_id}
        due = recalls.of_holders(session, today, here)
    shown: dict[str, Any] = {"tickets": tickets, "due": due, "ended": ENDED, **_words()}
    if is_part(request):
        return part(visit, "clinic_queue.html", **shown)
    return page(visit, "clinic.html", live_after=console.hub.position(), **shown)


@router.post("/clinic/next", dependencies=[Depends(our_form)])
def call_next(visit: Nurse, console: TheConsole) -> Response:
    """Call who has waited longest."""
    with console.transactions.work(visit.actor) as work:
        clinic.call_next(work, _today(visit))
    return go("/clinic")


@router.post("/clinic/tickets/{ticket_id}", dependencies=[Depends(our_form)])
def move(visit: Nurse, console: TheConsole, ticket_id: str, what: Short = "") -> Response:
    """Move a number. One that somebody else has moved already is shown as it is now."""
    if what not in set(Move):
        raise Problem(Code.INVALID, what)
    try:
        with console.transactions.work(visit.actor) as work:
            clinic.move(work, ticket_id, Move(what))
    except Problem as problem:
        if problem.code is not Code.WRONG_STATE:
            raise
    return go("/clinic")


@router.get("/clinic/screen")
def screen(request: Request, visit: Nurse, console: TheConsole) -> Response:
    """The waiting room's screen: numbers, and names that only their bearers know."""
    with console.transactions.read() as session:
        found = clinic.screen(session, _today(visit))
    if is_part(request):
        return part(visit, "clinic_screen_list.html", found=found)
    return page(visit, "clinic_screen.html", found=found, live_after=console.hub.position())


@router.get("/clinic/recalls")
def listing(visit: Nurse, console: TheConsole, q: str = "") -> Response:
    """Who is to come again."""
    return _recalls(visit, console, q)


@router.post("/clinic/recalls", dependencies=[Depends(our_form)])
def add(
    visit: Nurse,
    console: TheConsole,
    holder: Short = "",
    kind: Short = "",
    due: Short = "",
    every: Short = "",
    q: Short = "",
) -> Response:
    """Somebody is to come again; what cannot be is told, and stays as it was typed."""
    typed = {"holder": holder, "kind": kind, "due": due, "every": every}
    try:
        wanted = RecallIn.model_validate(
            {"holder_id": holder, "kind": kind, "due": due, "every_days": int(every) if every else None}
        )
        with console.transactions.work(visit.actor) as work:
            recalls.add(work, wanted)
    except (ValidationError, ValueError) as error:
        at = fields_of(error, holder_id="holder", every_days="every") or ("every",)
        said = visit.tell(at, {"every": EVERY_PROBLEM}, RECALL_PROBLEM)
        return _recalls(visit, console, q, said, 422, typed)
    except Problem as problem:
        said = visit.say(N_("This person has not consented to the clinic's record."))
        return _recalls(
            visit,
            console,
            q,
            said if problem.code is Code.WRONG_STATE else refused(visit, problem.code),
            problem.status,
            typed,
        )
    return go("/clinic/recalls")


@router.post("/clinic/recalls/{recall_id}", dependencies=[Depends(our_form)])
def came(visit: Nurse, console: TheConsole, recall_id: str) -> Response:
    """They have come."""
    with console.transactions.work(visit.actor) as work:
        recalls.came(work, recall_id, _today(visit))
    return go("/clinic/recalls")


def _recalls(
    visit: Visit, console: Console, q: str, problem: str = "", status: int = 200, typed: dict[str, str] | None = None
) -> Response:
    today = _today(visit)
    with console.transactions.read() as session:
        planned = recalls.due(session, today, within_days=None)
        found = found_by(session, q)
    soon = (today + timedelta(days=30)).isoformat()
    soon_day = today + timedelta(days=SOON_DAYS)
    lists = [[one for one in planned if (one.due > soon_day) is later] for later in (False, True)]
    shown: dict[str, Any] = {"due": lists[0], "later": lists[1], "problem": problem} | found
    shown["typed"] = typed or {"holder": "", "kind": "", "due": soon, "every": ""}
    return page(visit, "clinic_recalls.html", status=status, **shown, **_words())


def _today(visit: Visit) -> date:
    return local_day_and_minute(visit.now_ms)[0]


def _words() -> dict[str, Any]:
    return {"places": PLACES, "moves": MOVE_WORDS, "moves_from": MOVES_FROM, "kinds": RECALLS}
