"""Visitors' passes: the list with its form, one pass to be printed, who is expected today."""

from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from card_protocol.words.moment import local_day_and_minute
from server.pages.answers import go, page, part
from server.pages.browser import address_in
from server.pages.console import Console, TheConsole
from server.pages.forms import field_of, moment_of
from server.pages.i18n import N_
from server.pages.live.live_views import point_name
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.problems import Code, Problem
from server.services.property.passes import OPEN_KINDS
from server.services.roles import Permission
from server.services.visitors import visitor_keeper, visitor_passes
from server.services.visitors.visitor_passes import USES_MAX, VisitorIn, VisitorView

router = APIRouter(prefix="/visitors")

Maker = Annotated[Visit, Depends(Needs(Permission.VISITORS_WRITE))]
Text = Annotated[str, Form(max_length=200)]

STAY_MS = 4 * 3_600_000
SENTENCES = {
    "to_ms": N_("A visit ends later than it begins, within seven days, and is not over yet."),
    "points": N_("Choose the doors and gates that the pass opens."),
}
VALID = ("good", "circle-check", N_("Valid now"))
USED_UP = ("quiet", "circle-check", N_("Used up"))
NOT_BEGUN = ("quiet", "clock", N_("Not begun yet"))
OVER = ("quiet", "clock", N_("Over"))
ENDED = ("quiet", "x", N_("Ended early"))
"""How a pass stands: (colour, symbol, word)."""

CALLED = {"from_ms": "begins", "to_ms": "ends"}
MISSING = N_("A pass needs a name, its doors, its hours, and how often it lets in (1 to 50).")


@router.get("")
def listing(visit: Maker, console: TheConsole, over: bool = False, like: int | None = None) -> Response:
    """Passes that are good now or later, or those that are over; and the form, begun from the pass it is to be like."""
    if like is None:
        return _page(visit, console, over=over)
    with console.transactions.read() as session:
        model = visitor_passes.get(session, like, visit.now_ms)
    return _page(visit, console, "", _typed(model, visit.now_ms), model.points, over=over)


@router.post("", dependencies=[Depends(our_form)])
def make(
    visit: Maker,
    console: TheConsole,
    name: Text = "",
    host: Text = "",
    begins: Text = "",
    ends: Text = "",
    uses: Text = "",
    points: Annotated[list[str], Form(max_length=64)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """A pass; then its page, to be printed or shown."""
    typed = {"name": name, "host": host, "begins": begins, "ends": ends, "uses": uses}
    try:
        hours = {"from_ms": moment_of(begins), "to_ms": moment_of(ends), "uses": int(uses)}
        given = VisitorIn.model_validate({"name": name, "host": host, "points": frozenset(points)} | hours)
        with console.transactions.work(visit.actor) as work:
            made, _ = visitor_passes.make(work, console.house.community, given)
    except (ValidationError, ValueError) as error:
        empty = [name for name in ("begins", "ends", "uses") if not typed[name].strip()]
        at = fields_of(error, **CALLED) or empty or ("uses",)
        return _page(visit, console, visit.say(MISSING, at), typed, points, 422)
    except Problem as problem:
        known = next((SENTENCES[field] for field in problem.fields if field in SENTENCES), None)
        if known is None:
            raise
        return _page(visit, console, visit.say(known, at=fields_of(problem, **CALLED)), typed, points, problem.status)
    return go(f"/visitors/{made.number}")


@router.get("/_today")
def today(visit: Maker, console: TheConsole) -> Response:
    """Who is expected until midnight, beside the live gates."""
    now = visit.now_ms
    with console.transactions.read() as session:
        found = visitor_passes.listing(session, now)
        names = _names(visit, console)
    day = local_day_and_minute(now)[0]
    expected = [one for one in found if local_day_and_minute(one.from_ms)[0] <= day]
    return part(visit, "visitors_today.html", expected=expected, points=names)


@router.get("/{number}")
def one(request: Request, visit: Maker, console: TheConsole, number: int) -> Response:
    """One pass with its code, to be printed; the address of the visitor's own page."""
    sign, now = console.house.keystore.grants.sign, visit.now_ms
    with console.transactions.read() as session:
        found = visitor_passes.get(session, number, now)
        link = visitor_passes.row_of(session, number).link
        code = _code(visitor_passes.code_of(session, number, sign, now, printed=True)) if _lives(found, now) else ""
    names = _names(visit, console)
    return page(
        visit, "visitor.html", one=found, code=code, link=address_in(request, visit, f"/visit/{link}"), points=names
    )


@router.post("/{number}/end", dependencies=[Depends(our_form)])
def end(visit: Maker, console: TheConsole, number: int, why: Text = "") -> Response:
    """It opens nothing any more."""
    try:
        with console.transactions.work(visit.actor) as work:
            visitor_passes.end(work, number, why)
    except Problem as problem:
        if problem.code is not Code.WRONG_STATE:  # somebody else was faster
            raise
    return go(f"/visitors/{number}")


def _code(text: str) -> str:
    drawn: str = segno.make(text, error="m", micro=False).png_data_uri(scale=6, border=4)
    return drawn


def _lives(found: VisitorView, now_ms: int) -> bool:
    return found.ended_ms is None and now_ms < found.to_ms


def _names(visit: Visit, console: Console) -> dict[str, str]:
    with console.transactions.read() as session:
        points = [point for point in access.points(session) if point.kind in OPEN_KINDS]
    return {point.id: point_name(point, visit.language) for point in points}


def _typed(model: VisitorView, now_ms: int) -> dict[str, str]:
    """The form of another like it: of the hours that lie behind us only how long they were."""
    begins = max(model.from_ms, now_ms)
    ends = begins + model.to_ms - model.from_ms
    hours = {"begins": field_of(begins), "ends": field_of(ends)}
    return {"name": model.name, "host": model.host, "uses": str(model.uses)} | hours


def state_of(one: VisitorView, now_ms: int) -> tuple[str, str, str]:
    """How it stands. What the server ended by itself (visitor_keeper) is told as what it was."""
    by_itself = {visitor_keeper.OVER: OVER, visitor_keeper.USED_UP: USED_UP}
    if one.ended_ms is not None:
        return by_itself.get(one.ended_why, ENDED)
    if now_ms >= one.to_ms:
        return OVER
    if one.used >= one.uses:
        return USED_UP
    return VALID if one.valid else NOT_BEGUN


def _page(
    visit: Visit,
    console: Console,
    problem: str = "",
    typed: dict[str, str] | None = None,
    chosen: list[str] | None = None,
    status: int = 200,
    *,
    over: bool = False,
) -> Response:
    with console.transactions.read() as session:
        found = visitor_passes.listing(session, visit.now_ms, over=over)
    now = visit.now_ms
    blank = {"name": "", "host": "", "begins": field_of(now), "ends": field_of(now + STAY_MS), "uses": "2"}
    names = _names(visit, console)
    states = {one.number: state_of(one, now) for one in found}
    shown = {
        "found": found,
        "states": states,
        "problem": problem,
        "typed": typed or blank,
        "points": names,
        "over": over,
    }
    return page(visit, "visitors.html", status=status, chosen=chosen or [], uses_max=USES_MAX, **shown)
