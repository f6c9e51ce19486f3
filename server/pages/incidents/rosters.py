"""Rosters: who holds which post, until when; posts are entered and ended here."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError

from server.pages.answers import go, page
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.incidents.incident_words import MATTERS
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.units import rosters
from server.services.units.roster_words import Body, Term
from server.services.units.rosters import PostIn

router = APIRouter()

BODIES: dict[str, str] = {
    Body.PARTY: N_("Party organisation"),
    Body.RESIDENTS: N_("Residents' committee"),
    Body.SUPERVISORY: N_("Supervisory committee"),
    Body.GROUP: N_("Group heads"),
    Body.DELEGATES: N_("Residents' delegates"),
    Body.SOCIAL_WORKERS: N_("Social workers"),
}

TERMS: dict[str, tuple[str, str, str]] = {
    Term.TO_COME: ("quiet", "clock", N_("Not begun")),
    Term.RUNS: ("good", "circle-check", N_("In office")),
    Term.ENDS_SOON: ("warn", "bell", N_("Ends soon")),
    Term.OVER: ("quiet", "x", N_("Term is over")),
}

SENTENCES = {
    "to_day": N_("The term cannot end before it begins."),
    "user_name": N_("There is no user of this name."),
    "area": N_("Houses are told by building or entrance: 3, or 3-1."),
}
BLANK: Mapping[str, Any] = dict.fromkeys(("body", "title", "name", "user_name", "area", "from_day", "to_day"), "") | {
    "matters": ()
}

Reader = Annotated[Visit, Depends(Needs(Permission.INCIDENTS_READ))]
Writer = Annotated[Visit, Depends(Needs(Permission.ORG_WRITE))]
Text = Annotated[str, Form(max_length=200)]


@router.get("/rosters")
def listing(visit: Reader, console: TheConsole, past: bool = False) -> Response:
    """Body by body."""
    return _page(visit, console, past=past)


@router.post("/rosters", dependencies=[Depends(our_form)])
def add(
    visit: Writer,
    console: TheConsole,
    body: Text = "",
    title: Text = "",
    name: Text = "",
    user_name: Text = "",
    area: Text = "",
    matters: Annotated[list[str], Form(max_length=16)] = [],  # noqa: B006 - FastAPI copies it
    from_day: Text = "",
    to_day: Text = "",
) -> Response:
    """Enter somebody; what is wrong is told, with everything that was typed."""
    typed = {"body": body, "title": title, "name": name, "user_name": user_name, "area": area}
    typed |= {"from_day": from_day, "to_day": to_day}
    plain = {key: value.strip() for key, value in typed.items()}
    try:
        post = PostIn.model_validate(plain | {"to_day": plain["to_day"] or None, "matters": frozenset(matters)})
        with console.transactions.work(visit.actor) as work:
            rosters.add(work, post)
            over = post.to_day is not None and post.to_day < rosters.day_of(work.now_ms)
    except ValidationError as error:
        sentence = N_("A post needs its body, what it is called, a name, and the first day of the term.")
        return _page(visit, console, visit.say(sentence, at=fields_of(error)), typed | {"matters": matters}, 422)
    except Problem as problem:
        if problem.code is not Code.INVALID:
            raise
        sentence = SENTENCES[next(iter(problem.fields))]
        return _page(visit, console, visit.say(sentence, at=fields_of(problem)), typed | {"matters": matters}, 422)
    return go("/rosters?past=true" if over else "/rosters")


@router.post("/rosters/{post_id}/end", dependencies=[Depends(our_form)])
def end(visit: Writer, console: TheConsole, post_id: str) -> Response:
    """The term ends today."""
    with console.transactions.work(visit.actor) as work:
        rosters.end(work, post_id, rosters.day_of(work.now_ms))
    return go("/rosters")


def _page(
    visit: Visit,
    console: Console,
    problem: str = "",
    typed: Mapping[str, Any] | None = None,
    status: int = 200,
    *,
    past: bool = False,
) -> Response:
    with console.transactions.read() as session:
        found = rosters.listing(session, visit.now_ms, past=past)
    groups = {body: [post for post in found if post.body is body] for body in Body}
    shown = {"groups": groups, "bodies": BODIES, "terms": TERMS, "matters": MATTERS, "past": past}
    return page(visit, "rosters.html", status=status, problem=problem, typed=typed or BLANK, **shown)
