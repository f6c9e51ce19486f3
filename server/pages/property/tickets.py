"""Tickets: the list, a new one, and the thread in which resident, community and property company talk."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from server.pages.answers import go, is_part, page, part
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.problems import Code, Problem
from server.services.property import tickets
from server.services.property.ticket_life import Party, TicketState, TicketStep, party_of
from server.services.property.tickets import MessageIn, TicketIn, TicketKind
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50

STATES: dict[str, tuple[str, str, str]] = {
    TicketState.OPEN: ("warn", "bell", N_("Not taken up yet")),
    TicketState.ASSIGNED: ("quiet", "user", N_("Somebody comes")),
    TicketState.DONE: ("warn", "search", N_("Done, to be confirmed")),
    TicketState.CLOSED: ("good", "circle-check", N_("Closed")),
}
KINDS: dict[str, str] = {TicketKind.REPAIR: N_("Repair"), TicketKind.TALK: N_("Conversation")}
PARTIES: dict[str, str] = {
    Party.RESIDENT: N_("Resident (the house)"),
    Party.COMMUNITY: N_("Community"),
    Party.PROPERTY: N_("Property company"),
}
STEPS: dict[str, str] = {
    TicketStep.SAY: N_("Only say it"),
    TicketStep.ASSIGN: N_("Send somebody"),
    TicketStep.DONE: N_("It is repaired"),
    TicketStep.CONFIRM: N_("The resident confirms it"),
    TicketStep.REOPEN: N_("It is not in order"),
    TicketStep.CLOSE: N_("Needs no repair"),
}
BLANK: dict[str, Any] = {
    "title": "",
    "house": "",
    "text": "",
    "kind": TicketKind.REPAIR,
    "speaker": "",
    "audience": list(Party),
}
UNSAID: dict[str, Any] = {"text": "", "step": "say", "speaker": "", "assignee": "", "audience": list(Party)}
NO_MESSAGE = N_("Write what it is about, and choose for whom it is.")

Worker = Annotated[Visit, Depends(Needs(Permission.PROPERTY_WORK))]
Text = Annotated[str, Form(max_length=4000)]
Audience = Annotated[list[str], Form(max_length=16)]


@router.get("/tickets")
def listing(
    request: Request, visit: Worker, console: TheConsole, over: bool = False, house: str = "", after: str | None = None
) -> Response:
    """Those that are not closed, or those that are."""
    of_house = house.strip()[:100]
    with console.transactions.read() as session:
        found = tickets.listing(session, over=over, house=of_house, after=after, limit=PAGE_ITEMS)
    shown: dict[str, Any] = {"found": found, "over": over, "house": of_house, "states": STATES, "kinds": KINDS}
    if is_part(request):
        return part(visit, "tickets_rows.html", first=after is None, **shown)
    return page(visit, "tickets.html", first=True, **shown)


@router.get("/tickets/_new")
def ask(visit: Worker, house: str = "") -> Response:
    """An empty form."""
    return _form(visit, BLANK | {"house": house[:100]}, "", 200)


@router.post("/tickets/_new", dependencies=[Depends(our_form)])
def open_ticket(
    visit: Worker,
    console: TheConsole,
    title: Text = "",
    house: Text = "",
    text: Text = "",
    kind: Text = "",
    speaker: Text = "",
    audience: Audience = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Open it with its first message."""
    typed = {"title": title, "house": house, "text": text, "kind": kind, "speaker": speaker, "audience": audience}
    try:
        message = MessageIn(
            text=text, speaker=Party(speaker) if speaker else None, audience=frozenset(map(Party, audience))
        )
        given = TicketIn(kind=TicketKind(kind), title=title.strip(), house=house.strip(), message=message)
        with console.transactions.work(visit.actor) as work:
            number = tickets.open_ticket(work, given).number
    except (ValidationError, ValueError) as error:
        said = visit.say(N_("Say in one line what it is, at which house, and what was seen."), at=fields_of(error))
        return _form(visit, typed, said, 422)
    return go(f"/tickets/{number}")


@router.get("/tickets/{number}")
def ticket(visit: Worker, console: TheConsole, number: int) -> Response:
    """The thread, as the reader's party reads it."""
    return _page(visit, console, number, "", UNSAID, 200)


@router.get("/tickets/{number}/resident")
def for_resident(visit: Worker, console: TheConsole, number: int) -> Response:
    """What the resident may read of it, to show or to print."""
    with console.transactions.read() as session:
        file = tickets.get(session, visit.actor, number, reader=Party.RESIDENT)
    return page(visit, "ticket_resident.html", file=file, states=STATES, parties=PARTIES, steps=STEPS, party="")


@router.post("/tickets/{number}", dependencies=[Depends(our_form)])
def say(
    visit: Worker,
    console: TheConsole,
    number: int,
    text: Text = "",
    step: Text = "say",
    speaker: Text = "",
    assignee: Text = "",
    audience: Audience = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """A message, and what is done with it; what cannot be done is told, and everything stays as it was typed."""
    typed = {"text": text, "step": step, "speaker": speaker, "assignee": assignee, "audience": audience}
    try:
        given = MessageIn(
            text=text,
            speaker=Party(speaker) if speaker else None,
            audience=frozenset(map(Party, audience)),
            step=TicketStep(step),
            assignee=assignee,
        )
        with console.transactions.work(visit.actor) as work:
            tickets.say(work, number, given)
    except (ValidationError, ValueError) as error:
        return _page(visit, console, number, visit.say(NO_MESSAGE, at=fields_of(error)), typed, 422)
    except Problem as problem:
        if problem.code is Code.NOT_FOUND:
            raise
        sentence = N_("That is not possible now: look at its state, and say who comes when somebody is sent.")
        return _page(visit, console, number, visit.say(sentence, at=fields_of(problem)), typed, problem.status)
    return go(f"/tickets/{number}")


def _page(visit: Visit, console: Console, number: int, problem: str, typed: dict[str, Any], status: int) -> Response:
    with console.transactions.read() as session:
        file = tickets.get(session, visit.actor, number)
    shown = {"states": STATES, "kinds": KINDS, "parties": PARTIES, "steps": STEPS, "party": party_of(visit.role)}
    return page(visit, "ticket.html", status=status, file=file, problem=problem, typed=typed, **shown)


def _form(visit: Visit, typed: dict[str, Any], problem: str, status: int) -> Response:
    party = party_of(visit.role)
    return page(
        visit,
        "ticket_form.html",
        status=status,
        typed=typed,
        problem=problem,
        kinds=KINDS,
        parties=PARTIES,
        party=party,
    )
