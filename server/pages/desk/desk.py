"""The card desk: choose a person, put a card on the reader, done. What the card hears is the service's matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from card_protocol.policy.rules import AccessLevel
from card_protocol.words.base import NUMBER_END
from card_protocol.words.card import CardState
from card_protocol.words.moment import local_day_and_minute, local_ms
from server.pages.answers import go, page, part, refused
from server.pages.console import Console, TheConsole
from server.pages.desk.jobs import Job
from server.pages.desk.pairing import desk_of
from server.pages.i18n import N_
from server.pages.live.live_views import level_names
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import HOLDER_KINDS
from server.services.access import access
from server.services.cards import cards, receipts
from server.services.cards.cards import CardView
from server.services.cards.receipts import Receipt
from server.services.desk.desks import DeskView
from server.services.desk.issuing import IssueIn
from server.services.people import holders
from server.services.people.holders import HolderKind, HolderView
from server.services.problems import Code, Problem
from server.services.property import passes
from server.services.roles import Permission
from server.services.visitors import visitor_passes

router = APIRouter()

WAIT_MS = 60_000
FOUND_ITEMS = 12
SEARCH_MAX_CHARS = 100
MAX_CARDS = 50
LOOKED_AT = 50
"""So many cards, from the newest on, for one whose rights may be proposed."""
OF_A_PASS = (visitor_passes.LEVEL_BEGINS, passes.LEVEL_BEGINS)
"""How the access levels that belong to a pass begin."""
VALID_DAYS: Mapping[str, int] = {HolderKind.RESIDENT: 365, HolderKind.WORKER: 365, HolderKind.VISITOR: 1}

Clerk = Annotated[Visit, Depends(Needs(Permission.CARDS_ISSUE))]

SENTENCES: dict[Code, str] = {
    Code.NO_CARD: N_("No card was put on the reader. Nothing has happened; you can begin again."),
    Code.CARD_NOT_STOCK: N_(
        "This card is not a blank one of this community: it is somebody's already, or another kind of card. "
        "Take another. One that was given back is made blank first, under “Several cards”."
    ),
    Code.CARD_AWAY: N_(
        "The card was taken away before it was finished. Begin again and put the same card back: it carries on where "
        "it stopped."
    ),
    Code.CARD_FAULT: N_("The card did not answer as it must; it may be damaged. Put it aside and take another."),
    Code.FAILED: N_("Something went wrong on our side; it has been recorded. Begin again and put the same card back."),
    Code.DESK_AWAY: N_("This desk is not connected any more. Is its program running and its cable plugged in?"),
    Code.DESK_BUSY: N_("Somebody is giving out another card at this desk right now. Wait, or take another desk."),
    Code.INVALID: N_("Something was not filled in correctly. Check the access levels and the date."),
}
"""Why a card was not issued, for the person at the desk."""


@dataclass(frozen=True)
class Filled:
    """The form as it stands."""

    levels: list[str]
    until: str
    desk: str
    of_pass: str = ""
    """The number of a contractor's pass: its doors and days are proposed."""
    instead: str = ""
    """The card that was lost or revoked: its receipt is shown, its levels are proposed."""


@router.get("/desk")
async def desk(
    visit: Clerk,
    console: TheConsole,
    holder: str = "",
    q: str = "",
    of_pass: Annotated[str, Query(alias="pass", max_length=18)] = "",
    instead: Annotated[str, Query(max_length=26)] = "",
) -> Response:
    """First whom, then what and where."""
    if not holder:
        return await _choose_person(visit, console, q)
    filled = await run_in_threadpool(_of_pass, visit, console, holder, of_pass) if _is_pass(of_pass) else None
    return await _form(visit, console, holder, filled, "", 200, instead)


@router.get("/desk/people")
async def found_people(visit: Clerk, console: TheConsole, q: str = "") -> Response:
    """The people found, while somebody types."""
    return part(visit, "desk_people.html", **await run_in_threadpool(_search, visit, console, q))


@router.get("/desk/tapped")
async def tapped(visit: Clerk, console: TheConsole) -> Response:
    """Whose cards lie on the desks' readers: a person is found by a tap."""
    lying = [desk for desk in console.house.desks.listing() if desk.uid is not None]
    return part(visit, "desk_tapped.html", lying=await run_in_threadpool(_whose, console, lying))


@router.get("/desk/readers")
async def readers(visit: Clerk, console: TheConsole, desk: str = "") -> Response:
    """The desks as they are now."""
    return part(visit, "desk_readers.html", desks=console.house.desks.listing(), chosen=desk)


@router.post("/desk", dependencies=[Depends(our_form)])
async def begin(
    visit: Clerk,
    console: TheConsole,
    holder: Annotated[str, Form(max_length=64)] = "",
    levels: Annotated[list[str], Form(max_length=64)] = [],  # noqa: B006 - FastAPI copies it
    until: Annotated[str, Form(max_length=32)] = "",
    desk: Annotated[str, Form(max_length=64)] = "",
    of_pass: Annotated[str, Form(alias="pass", max_length=18)] = "",
    instead: Annotated[str, Form(max_length=26)] = "",
) -> Response:
    """Start the job and watch it."""
    filled = Filled(levels, until, desk, of_pass, instead)
    try:
        begins, ends = await run_in_threadpool(_span, console, of_pass) if _is_pass(of_pass) else (None, NUMBER_END)
        order = IssueIn(
            holder_id=holder,
            desk=desk,
            levels=levels,
            valid_to_ms=min(_end_of(until), ends),
            valid_from_ms=begins,
            wait_ms=WAIT_MS,
        )
        job = console.jobs.start(visit.actor, order, instead)
    except (ValidationError, ValueError):
        return await _form(visit, console, holder, filled, _missing(visit, filled), 422)
    except Problem as problem:
        return await _form(visit, console, holder, filled, _sentence(visit, problem.code), problem.status)
    return go(f"/desk/jobs/{job.id}")


@router.get("/desk/jobs/{job_id}")
async def watch(visit: Clerk, console: TheConsole, job_id: str) -> Response:
    """The job, live."""
    place = console.hub.position()
    job = console.jobs.get(job_id, visit.actor.user_id or "")
    person = await run_in_threadpool(_person, console, job.order.holder_id)
    old = await run_in_threadpool(_replaced, visit, console, job.order.holder_id, job.instead)
    return page(visit, "desk_job.html", person=person, old=old, live_after=place, **_shown(visit, console, job))


@router.get("/desk/jobs/{job_id}/panel")
async def panel(visit: Clerk, console: TheConsole, job_id: str) -> Response:
    """What the job is at, alone."""
    job = console.jobs.get(job_id, visit.actor.user_id or "")
    return part(visit, "desk_panel.html", **_shown(visit, console, job))


@router.post("/desk/jobs/{job_id}/cancel", dependencies=[Depends(our_form)])
async def cancel(visit: Clerk, console: TheConsole, job_id: str) -> Response:
    """Stop waiting."""
    job = console.jobs.get(job_id, visit.actor.user_id or "")
    console.jobs.cancel(job)
    return go(f"/desk?holder={job.order.holder_id}" + (f"&instead={job.instead}" if job.instead else ""))


def _shown(visit: Visit, console: Console, job: Job) -> dict[str, Any]:
    view = console.jobs.desk_of(job)
    problem = _sentence(visit, job.problem) if job.problem else ""
    until = (local_day_and_minute(job.order.valid_to_ms)[0] - timedelta(days=1)).isoformat()
    return {"job": job, "stage": job.stage(view), "desk": view, "problem": problem, "until": until}


def _sentence(visit: Visit, code: Code) -> str:
    known = SENTENCES.get(code)
    return visit.say(known) if known else refused(visit, code)


def _missing(visit: Visit, filled: Filled) -> str:
    if not filled.levels:
        return visit.say(N_("Tick at least one access level: a card without one opens nothing."), at="levels")
    if not filled.desk:
        return visit.say(N_("Choose the desk where the card lies."), at="desk")
    return visit.say(N_("Choose the last day on which the card is valid."), at="until")


def _is_pass(text: str) -> bool:
    """The number of a contractor's pass, or of a visitor's behind a v."""
    return text.removeprefix("v").isdigit() and text.isascii()


def _of_pass(visit: Visit, console: Console, holder_id: str, number: str) -> Filled | None:
    """What a pass proposes for its own holder."""
    now = console.transactions.clock()
    with console.transactions.read() as session:
        if number.startswith("v"):
            visitor = visitor_passes.get(session, int(number[1:]), now)
            whose, level = visitor.holder_id, visitor.level_id
            until = local_day_and_minute(visitor.to_ms - 1)[0].isoformat()
        else:
            known = passes.get(session, int(number), now)
            whose, level, until = known.holder_id, known.level_id, known.to_day
    mine = desk_of(visit, console.house.desks.listing())
    return Filled([level], until, mine, number) if whose == holder_id else None


def _span(console: Console, number: str) -> tuple[int, int]:
    """From when to when the card of a pass is valid at most [ms]."""
    with console.transactions.read() as session:
        if number.startswith("v"):
            row = visitor_passes.row_of(session, int(number[1:]))
            return row.from_ms, row.to_ms
        return passes.span_of(session, int(number))


def _end_of(day: str) -> int:
    return local_ms(date.fromisoformat(day) + timedelta(days=1))


async def _choose_person(visit: Visit, console: Console, q: str) -> Response:
    place = console.hub.position()
    return page(visit, "desk_who.html", live_after=place, **await run_in_threadpool(_search, visit, console, q))


def _search(visit: Visit, console: Console, q: str) -> dict[str, Any]:
    text = q.strip()[:SEARCH_MAX_CHARS]
    with console.transactions.read() as session:
        seen = holders.search(session, text, limit=FOUND_ITEMS)
        may_read = visit.may(Permission.CARDS_READ)
        held = cards.of_holders(session, [person.id for person in seen.items]) if may_read else None
    shown = {"people": seen.items, "goes_on": seen.next is not None, "held": held}
    return shown | {"q": text, "kinds": HOLDER_KINDS}


def _whose(console: Console, lying: list[DeskView]) -> list[tuple[DeskView, CardView | None]]:
    with console.transactions.read() as session:
        rows = [cards.of_uid(session, desk.uid or "") for desk in lying]
        return [(desk, cards.view_of(session, row) if row else None) for desk, row in zip(lying, rows, strict=True)]


def _person(console: Console, holder_id: str) -> HolderView:
    with console.transactions.read() as session:
        return holders.get(session, holder_id)


def _replaced(visit: Visit, console: Console, holder_id: str, card_id: str) -> tuple[CardView, Receipt | None] | None:
    """A card of theirs that opens nothing any more, with its receipt."""
    if not card_id:
        return None
    with console.transactions.read() as session:
        card = cards.get(session, card_id)
        return (card, receipts.of_card(session, card_id, visit.now_ms)) if card.holder_id == holder_id else None


async def _form(
    visit: Visit,
    console: Console,
    holder_id: str,
    filled: Filled | None,
    problem: str,
    status: int,
    instead: str = "",
) -> Response:
    person, held, newest, levels = await run_in_threadpool(_known, console, holder_id)
    old = await run_in_threadpool(_replaced, visit, console, holder_id, filled.instead if filled else instead)
    desks = console.house.desks.listing()
    names = level_names(levels, visit.language)
    if filled is None:
        today, _ = local_day_and_minute(visit.now_ms)
        until = today + timedelta(days=VALID_DAYS.get(person.kind, 1))
        chosen = old[0].levels if old else newest[0].levels if newest else []
        filled = Filled(list(chosen), until.isoformat(), desk_of(visit, desks), instead=instead)
    return page(
        visit,
        "desk_form.html",
        status=status,
        person=person,
        kinds=HOLDER_KINDS,
        held=held,
        old=old,
        level_names=names,
        filled=filled,
        desks=desks,
        chosen=filled.desk,
        problem=problem,
        live_after=console.hub.position(),
    )


def _known(console: Console, holder_id: str) -> tuple[HolderView, list[CardView], list[CardView], list[AccessLevel]]:
    """The person, their cards, the card whose rights are proposed (theirs, or the one given out last), the levels."""
    with console.transactions.read() as session:
        person = holders.get(session, holder_id)
        held = cards.listing(session, holder_id=holder_id, limit=MAX_CARDS).items
        newest = held[:1] or _like_them(session, person)
        return person, held, newest, access.levels(session)


def _like_them(session: Session, person: HolderView) -> list[CardView]:
    """The card that somebody of their kind was given last; the rights of one pass are nobody else's."""
    for card in cards.listing(session, state=CardState.ACTIVE, limit=LOOKED_AT).items:
        of_a_pass = any(level.startswith(OF_A_PASS) for level in card.levels)
        if card.holder_id and not of_a_pass and holders.get(session, card.holder_id).kind is person.kind:
            return [card]
    return []
