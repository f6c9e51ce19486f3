"""Meetings and activities: the list, the form, one with its list of people, and what is done with it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from card_protocol.words.moment import MINUTE_MS
from server.pages.activities.activity_words import KINDS, NEEDS_WHY, RULES, STATES, STEPS, WAYS, marks_of
from server.pages.answers import go, is_part, page, part
from server.pages.console import Console, TheConsole
from server.pages.forms import TIME_PROBLEM, field_of, moment_or_none
from server.pages.i18n import N_, Language
from server.pages.people.found import found_by
from server.pages.said import WHY_PROBLEM, fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.activities import activities, attendance
from server.services.activities.activity_life import PARTY_KINDS, ActivityKind, ActivityStep
from server.services.activities.asked import LIST_MAX, ActivityIn, InviteIn
from server.services.activities.quorum import Mark, Rule
from server.services.party import members
from server.services.people.cells import tags_of
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50
USUAL_MS = 90 * MINUTE_MS

Worker = Annotated[Visit, Depends(Needs(Permission.ACTIVITIES_WORK))]
Text = Annotated[str, Form(max_length=400)]
Chosen = Annotated[list[str], Form(max_length=64)]


def _form_fields(
    kind: Text = "",
    title: Text = "",
    place: Text = "",
    point: Text = "",
    rule: Text = "",
    points: Text = "",
    begins: Annotated[str, Form(alias="from", max_length=32)] = "",
    ends: Annotated[str, Form(alias="to", max_length=32)] = "",
) -> dict[str, str]:
    """What was typed, as it was typed."""
    words = {"kind": kind, "title": title, "place": place, "point": point, "rule": rule, "points": points}
    return words | {"from": begins, "to": ends}


Typed = Annotated[dict[str, str], Depends(_form_fields)]

FORM_PROBLEM = N_("It needs a title, and ends after it begins, within two days; points are at most 100.")
SENTENCES = {
    "title": N_("It needs a title of at most 120 characters."),
    "from": TIME_PROBLEM,
    "to": N_("It ends after it begins, and within two days."),
    "points": N_("Points are a number up to 100."),
}
NO_TAG = N_("Nobody has this tag.")
NOBODY = N_("Name a tag, or choose somebody.")
NO_QUORUM = N_("There is no quorum: it cannot begin. Wait, or adjourn it.")
LISTED = N_(
    "There are people on its list already: a Party meeting stays one, and nothing else becomes one. Call a new one."
)
NOT_HERE = N_(
    "A branch is invited to Party business alone: others read this list, and would learn from it who is a member. "
    "Invite people by name or tag, or call a Party day."
)
CHANGED = N_("Somebody else has changed it meanwhile: look at how it stands now.")


@router.get("/activities")
def listing(request: Request, visit: Worker, console: TheConsole, after: str | None = None) -> Response:
    """All, newest first."""
    with console.transactions.read() as session:
        found = activities.listing(session, visit.actor, after=after, limit=PAGE_ITEMS)
    shown: dict[str, Any] = {"found": found, "states": STATES, "kinds": KINDS}
    if is_part(request):
        return part(visit, "activities_rows.html", first=after is None, **shown)
    return page(visit, "activities.html", first=True, **shown)


@router.get("/activities/_new")
def ask(visit: Worker, console: TheConsole) -> Response:
    """An empty form."""
    from_ms = (visit.now_ms // (60 * MINUTE_MS) + 1) * 60 * MINUTE_MS
    return _form(visit, console, _typed(None, from_ms, from_ms + USUAL_MS), "", 200)


@router.post("/activities/_new", dependencies=[Depends(our_form)])
def plan(visit: Worker, console: TheConsole, typed: Typed) -> Response:
    """Call it."""
    return _save(visit, console, typed, None)


@router.get("/activities/{number}")
def one(
    request: Request,
    visit: Worker,
    console: TheConsole,
    number: int,
    q: str = "",
    invited: Annotated[int | None, Query(ge=0, le=LIST_MAX)] = None,
) -> Response:
    """How it stands; the list comes anew by itself while people sign in. `invited`: so many have just been."""
    if is_part(request):
        return part(visit, "activity_people.html", **_shown(visit, console, number))
    return _one(visit, console, number, q, "", 200, invited=invited)


@router.get("/activities/{number}/edit")
def ask_change(visit: Worker, console: TheConsole, number: int) -> Response:
    """The form with what it says now."""
    with console.transactions.read() as session:
        known = activities.get(session, visit.actor, number).activity
    typed = _typed(known.model_dump(mode="json"), known.from_ms, known.to_ms)
    return _form(visit, console, typed, "", 200, number)


@router.post("/activities/{number}/edit", dependencies=[Depends(our_form)])
def change(visit: Worker, console: TheConsole, number: int, typed: Typed) -> Response:
    """Other words, another time or place."""
    return _save(visit, console, typed, number)


@router.post("/activities/{number}/steps", dependencies=[Depends(our_form)])
def step(visit: Worker, console: TheConsole, number: int, what: Text = "", why: Text = "") -> Response:
    """Open, begin, end, adjourn, call off."""
    if what not in set(ActivityStep) or (what in NEEDS_WHY and not why.strip()):
        return _one(visit, console, number, "", visit.say(WHY_PROBLEM, at="why"), 422)
    try:
        with console.transactions.work(visit.actor) as work:
            activities.step(work, number, ActivityStep(what), why)
    except Problem as problem:
        said = NO_QUORUM if what == ActivityStep.BEGIN else CHANGED
        return _refused(visit, console, number, problem, said)
    return go(f"/activities/{number}")


@router.post("/activities/{number}/invite", dependencies=[Depends(our_form)])
def invite(
    visit: Worker,
    console: TheConsole,
    number: int,
    tags: Text = "",
    branch: Text = "",
    holder: Chosen = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Everybody with a tag, a branch, somebody by name."""
    try:
        wanted = InviteIn(tags=tags_of(tags), branch=branch, holders=holder)
        if not (wanted.tags or wanted.branch or wanted.holders):
            return _one(visit, console, number, "", visit.say(NOBODY, at="tags"), 422)
        with console.transactions.work(visit.actor) as work:
            fresh = attendance.invite(work, number, wanted)
    except ValidationError:
        raise Problem(Code.INVALID, "a person is no person") from None
    except Problem as problem:
        if "tags" in problem.fields:
            return _one(visit, console, number, "", visit.say(NO_TAG, at="tags"), problem.status, tags=tags)
        return _refused(visit, console, number, problem, NOT_HERE if "branch" in problem.fields else CHANGED)
    return go(f"/activities/{number}?invited={fresh}#invite")


@router.post("/activities/{number}/marks", dependencies=[Depends(our_form)])
def mark(
    visit: Worker, console: TheConsole, number: int, holder: Text = "", what: Text = "", why: Text = ""
) -> Response:
    """Excuse somebody, leave them out of the count, expect them again, strike out a sign-in."""
    if what not in set(Mark):
        raise Problem(Code.INVALID, what)
    try:
        with console.transactions.work(visit.actor) as work:
            if what == Mark.STRUCK:
                attendance.strike(work, number, holder, why)
            else:
                attendance.excuse(work, number, holder, Mark(what), why)
    except Problem as problem:
        said = WHY_PROBLEM if problem.code is Code.INVALID else CHANGED
        return _refused(visit, console, number, problem, said)
    return go(f"/activities/{number}")


def _refused(visit: Visit, console: Console, number: int, problem: Problem, said: str) -> Response:
    if problem.code is Code.NOT_FOUND:
        raise problem
    return _one(visit, console, number, "", visit.say(said, at="why" if said == WHY_PROBLEM else ()), problem.status)


def _one(
    visit: Visit,
    console: Console,
    number: int,
    q: str,
    problem: str,
    status: int,
    *,
    tags: str = "",
    invited: int | None = None,
) -> Response:
    place = console.hub.position()
    shown = _shown(visit, console, number)
    with console.transactions.read() as session:
        found = found_by(session, q)
        of_party = visit.may(Permission.PARTY_WORK) and shown["one"].kind in PARTY_KINDS
        branches = members.branches(session) if of_party else []
    more: dict[str, Any] = {"branches": branches, "problem": problem, "steps": STEPS, "why_for": NEEDS_WHY}
    more |= {"tags": tags, "invited": invited}
    return page(visit, "activity.html", status=status, live_after=place, **shown, **found, **more)


def _shown(visit: Visit, console: Console, number: int) -> dict[str, Any]:
    with console.transactions.read() as session:
        file = activities.get(session, visit.actor, number)
        rooms = _rooms(session, visit.language)
    words = {"states": STATES, "kinds": KINDS, "marks": marks_of(file.activity.state), "ways": WAYS, "rules": RULES}
    return {"file": file, "one": file.activity, "rooms": rooms, **words}


def _save(visit: Visit, console: Console, typed: dict[str, str], number: int | None) -> Response:
    try:
        given = ActivityIn.model_validate(
            {name: typed[name] for name in ("kind", "title", "place", "rule")}
            | {"point": typed["point"] or None, "points": typed["points"] or 0}
            | {"from_ms": moment_or_none(typed["from"]), "to_ms": moment_or_none(typed["to"])}
        )
    except ValidationError as error:
        at = fields_of(error, from_ms="from", to_ms="to")
        known = SENTENCES if moment_or_none(typed["to"]) is not None else SENTENCES | {"to": TIME_PROBLEM}
        return _form(visit, console, typed, visit.tell(at, known, FORM_PROBLEM), 422, number)
    try:
        with console.transactions.work(visit.actor) as work:
            saved = activities.plan(work, given) if number is None else activities.change(work, number, given)
    except Problem as problem:
        if problem.code in (Code.NOT_FOUND, Code.FORBIDDEN):
            raise
        said = LISTED if problem.code is Code.IN_USE else CHANGED
        return _form(visit, console, typed, visit.say(said), problem.status, number)
    return go(f"/activities/{saved.number}")


def _typed(known: dict[str, Any] | None, from_ms: int, to_ms: int) -> dict[str, Any]:
    blank = {"kind": ActivityKind.STUDY, "title": "", "place": "", "point": "", "rule": Rule.NONE, "points": 0}
    return (known or blank) | {"from": field_of(from_ms), "to": field_of(to_ms)}


def _form(
    visit: Visit, console: Console, typed: dict[str, Any], problem: str, status: int, number: int | None = None
) -> Response:
    with console.transactions.read() as session:
        rooms = _rooms(session, visit.language)
    may_party = visit.may(Permission.PARTY_WORK)
    kinds = {kind: word for kind, word in KINDS.items() if may_party or ActivityKind(kind) not in PARTY_KINDS}
    shown = {"typed": typed, "problem": problem, "number": number, "rooms": rooms, "kinds": kinds, "rules": RULES}
    return page(visit, "activity_form.html", status=status, **shown)


def _rooms(session: Session, language: Language) -> dict[str, str]:
    """Point -> its name."""
    return {row.id: row.name_en if language is Language.EN else row.name_zh for row in activities.rooms(session)}
