"""Many cards one after the other: for a list of people, or the same with every card that is laid on the reader."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from card_protocol.words.moment import local_day_and_minute, local_ms
from server.pages.answers import go, page, part, refused
from server.pages.console import Console, TheConsole
from server.pages.desk.desk import SENTENCES, VALID_DAYS
from server.pages.desk.pairing import desk_of
from server.pages.i18n import N_
from server.pages.live.live_views import level_names
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.desk import runs
from server.services.desk.runs import PEOPLE_MAX, Kind, Run, Stage
from server.services.people.cardless import without_card
from server.services.people.holders import HolderKind
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter(prefix="/desk/several")

Clerk = Annotated[Visit, Depends(Needs(Permission.CARDS_ISSUE))]
Text = Annotated[str, Form(max_length=64)]
Many = Annotated[list[str], Form(max_length=PEOPLE_MAX)]

LINES_SHOWN = 200

WITH_EACH: dict[Kind, tuple[str, str]] = {
    Kind.LOOK: (
        N_("Look at the card"),
        N_("Whose it is and whether everything on it is as it must be. Nothing is changed."),
    ),
    Kind.RENEW: (N_("Renew it"), N_("Its rights are written anew, with the keys of now.")),
    Kind.BLANK: (
        N_("Make it blank"),
        N_("Everything on it is lost; it opens nothing any more and goes back into stock."),
    ),
    Kind.COUNT: (
        N_("Count it"),
        N_("The drawer of blank cards against the record: what is missing, and what does not belong there."),
    ),
}
DONE: dict[Kind, str] = {
    Kind.ISSUE: N_("Card given out"),
    Kind.LOOK: N_("Looked at"),
    Kind.RENEW: N_("Renewed"),
    Kind.BLANK: N_("Blank again"),
    Kind.COUNT: N_("Counted"),
}
TITLES: dict[Kind, str] = {
    Kind.ISSUE: N_("Cards for a list of people"),
    Kind.LOOK: N_("Look at cards"),
    Kind.RENEW: N_("Renew cards"),
    Kind.BLANK: N_("Make cards blank"),
    Kind.COUNT: N_("Count the stock"),
}
CONDITIONS: dict[str, str] = {
    "stock": N_("Blank"),
    "begun": N_("Begun and not finished: give it out to the same person again"),
    "issued": N_("Everything on it is as it must be"),
}
OWN_SENTENCES: dict[Code, str] = {
    Code.EXISTS: N_("This card was counted already."),
    Code.CARD_UNKNOWN: N_("This is no card of this community."),
    Code.IN_USE: N_("This card is somebody's and works. If it was given back, say so on its page; then make it blank."),
    Code.WRONG_STATE: N_("This card may open nothing, so there is nothing to renew."),
}


@router.get("")
async def choose(visit: Clerk, console: TheConsole, house: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Whom, or what with each card."""
    return await _form(visit, console, house.strip(), "", 200)


@router.post("", dependencies=[Depends(our_form)])
async def begin(
    visit: Clerk,
    console: TheConsole,
    kind: Text = "",
    desk: Text = "",
    until: Text = "",
    house: Annotated[str, Form(max_length=100)] = "",
    holders: Many = [],  # noqa: B006 - FastAPI copies it
    levels: Annotated[list[str], Form(max_length=64)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Begin, and watch it; what cannot begin is told, and what was ticked stays."""
    typed = {"kind": kind, "holders": holders, "levels": levels, "until": until}
    try:
        wanted = Kind(kind)
        ends = local_ms(date.fromisoformat(until) + timedelta(days=1)) if wanted is Kind.ISSUE else 0
        run = console.runs.start(visit.actor, wanted, desk, people=holders, levels=levels, valid_to_ms=ends)
    except ValueError:
        return await _form(
            visit,
            console,
            house,
            visit.say(N_("Choose the last day on which the card is valid."), at="until"),
            422,
            typed,
        )
    except Problem as problem:
        said = N_("Tick the people and what their cards open.") if problem.code is Code.INVALID else ""
        empty = [name for name, ticked in (("holders", holders), ("levels", levels)) if not ticked]
        sentence = visit.say(said, at=empty) if said else _sentence(visit, problem.code)
        return await _form(visit, console, house, sentence, problem.status, typed)
    return go(f"/desk/several/{run.id}")


@router.get("/{run_id}")
async def watch(visit: Clerk, console: TheConsole, run_id: str) -> Response:
    """The run, live."""
    place = console.hub.position()
    run = console.runs.get(run_id, visit.actor.user_id or "")
    return page(visit, "several_run.html", live_after=place, **await run_in_threadpool(_shown, visit, console, run))


@router.get("/{run_id}/panel")
async def panel(visit: Clerk, console: TheConsole, run_id: str) -> Response:
    """What it is at, alone."""
    run = console.runs.get(run_id, visit.actor.user_id or "")
    return part(visit, "several_panel.html", **await run_in_threadpool(_shown, visit, console, run))


@router.get("/{run_id}/sheet")
async def sheet(visit: Clerk, console: TheConsole, run_id: str) -> Response:
    """A list to print: who got which card, with room for a signature; or what a count found."""
    run = console.runs.get(run_id, visit.actor.user_id or "")
    return page(visit, "several_sheet.html", **await run_in_threadpool(_shown, visit, console, run))


@router.post("/{run_id}/skip", dependencies=[Depends(our_form)])
async def skip(visit: Clerk, console: TheConsole, run_id: str) -> Response:
    """Whose turn it is has not come: the next."""
    console.runs.skip(console.runs.get(run_id, visit.actor.user_id or ""))
    return go(f"/desk/several/{run_id}")


@router.post("/{run_id}/stop", dependencies=[Depends(our_form)])
async def stop(visit: Clerk, console: TheConsole, run_id: str) -> Response:
    """No more cards; what a count found goes into the record."""
    run = console.runs.get(run_id, visit.actor.user_id or "")
    if run.stage is not Stage.OVER and run.kind is Kind.COUNT:
        await run_in_threadpool(runs.record_count, console.house, visit.actor, run)
    console.runs.stop(run)
    return go(f"/desk/several/{run_id}")


def _sentence(visit: Visit, code: Code) -> str:
    known = OWN_SENTENCES.get(code) or SENTENCES.get(code)
    return visit.say(known) if known else refused(visit, code)


def _shown(visit: Visit, console: Console, run: Run) -> dict[str, Any]:
    with console.transactions.read() as session:
        count = runs.count_of(session, run) if run.kind is Kind.COUNT else None
        people = runs.names_of(session, run.people)
    lines = [(line, _sentence(visit, line.problem) if line.problem else "") for line in run.lines]
    return {
        "run": run,
        "desk": next((desk for desk in console.house.desks.listing() if desk.name == run.desk), None),
        "title": visit.say(TITLES[run.kind]),
        "done": visit.say(DONE[run.kind]),
        "lines": lines[-LINES_SHOWN:][::-1],
        "people": people,
        "count": count,
        "conditions": CONDITIONS,
    }


async def _form(
    visit: Visit, console: Console, house: str, problem: str, status: int, typed: Mapping[str, Any] | None = None
) -> Response:
    people, names, stock = await run_in_threadpool(_known, visit, console, house)
    desks = console.house.desks.listing()
    today, _ = local_day_and_minute(visit.now_ms)
    until = (today + timedelta(days=VALID_DAYS[HolderKind.RESIDENT])).isoformat()
    blank = {"kind": "", "holders": [row[0] for row in people], "levels": [], "until": until}
    return page(
        visit,
        "several.html",
        status=status,
        problem=problem,
        house=house,
        people=people,
        most=PEOPLE_MAX,
        level_names=names,
        typed=blank if typed is None else typed if typed["kind"] == Kind.ISSUE else blank | {"kind": typed["kind"]},
        desks=desks,
        chosen=desk_of(visit, desks),
        kinds=WITH_EACH,
        stock=stock,
        running=[(run, visit.say(TITLES[run.kind])) for run in console.runs.mine(visit.actor.user_id or "")],
        live_after=console.hub.position(),
    )


def _known(visit: Visit, console: Console, house: str) -> tuple[list[Any], dict[str, str], int]:
    with console.transactions.read() as session:
        people = [(row.id, row.name, row.house) for row in without_card(session, house=house, limit=PEOPLE_MAX)]
        return people, level_names(access.levels(session), visit.language), runs.in_stock(session)
