"""People: found by name, house or telephone; one page each with their cards and latest taps."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from card_protocol.words.card import CardState
from server.pages.answers import go, is_part, page, part
from server.pages.console import TheConsole
from server.pages.i18n import N_
from server.pages.live.live_views import level_names
from server.pages.people.import_words import FLAWS
from server.pages.people.person_more import kind_in, older, sees_faces
from server.pages.people.timeline_words import KINDS as TIME_KINDS
from server.pages.people.timeline_words import lines
from server.pages.said import WHY_PROBLEM
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import HOLDER_KINDS, PURPOSES, RELATIONS
from server.services.access import access
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.lists.import_check import HOUSE_UNKNOWN
from server.services.people import consents, holders, households, moving_out, photos, timeline
from server.services.people.cells import tags_of
from server.services.people.holders import HolderIn, HolderView
from server.services.people.timeline_kinds import Kind, kinds_of
from server.services.problems import Problem
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 30
SEARCH_MAX_CHARS = 100
MAX_CARDS = 50
WHY_MAX_CHARS = 300

Reader = Annotated[Visit, Depends(Needs(Permission.HOLDERS_READ))]
Ender = Annotated[Visit, Depends(Needs(Permission.HOLDERS_WRITE, Permission.CARDS_REVOKE))]
Writer = Annotated[Visit, Depends(Needs(Permission.HOLDERS_WRITE))]
Text = Annotated[str, Form(max_length=200)]

FIELD_PROBLEMS = {
    "name": N_("A name has 1 to 100 characters."),
    "house": N_("A house has at most 100 characters."),
    "phone_tail": N_("Exactly the last four digits of the telephone number, or nothing."),
    "kind": N_("Choose one of the kinds."),
    "tags": N_("At most 12 tags of at most 20 characters each."),
}


@router.get("/holders")
def people(request: Request, visit: Reader, console: TheConsole, q: str = "", after: str | None = None) -> Response:
    """The list; htmx asks for its rows alone while somebody types."""
    text = q.strip()[:SEARCH_MAX_CHARS]
    place = console.hub.position()
    with console.transactions.read() as session:
        found = holders.search(session, text, after=after, limit=PAGE_ITEMS)
        may_read = visit.may(Permission.CARDS_READ)
        held = cards.of_holders(session, [person.id for person in found.items]) if may_read else {}
    shown: dict[str, Any] = {"live_after": place, "q": text, "found": found, "held": held, "kinds": HOLDER_KINDS}
    if is_part(request):
        return part(visit, "people_rows.html", first=after is None, **shown)
    return page(visit, "people.html", first=True, **shown)


@router.get("/holders/new")
def new_person(visit: Writer) -> Response:
    """An empty form."""
    return _form(visit, None, {"kind": "resident"}, {})


@router.post("/holders/new", dependencies=[Depends(our_form)])
def add_person(
    visit: Writer,
    console: TheConsole,
    name: Text = "",
    house: Text = "",
    phone_tail: Text = "",
    kind: Text = "",
    tags: Text = "",
    sure: Annotated[bool, Form()] = False,
) -> Response:
    """Enter somebody; when somebody like them is entered already, only if it is to be all the same."""
    values = {"name": name, "house": house, "phone_tail": phone_tail.strip(), "kind": kind, "tags": tags}
    try:
        entered = _entered(values)
    except ValidationError as error:
        return _form(visit, None, values, _problems(error))
    with console.transactions.read() as session:
        alike = [] if sure else holders.alike(session, console.house.community, entered)
        held = cards.of_holders(session, [one.id for one in alike]) if visit.may(Permission.CARDS_READ) else None
    if alike:
        return _form(visit, None, values, {}, alike, held)
    try:
        with console.transactions.work(visit.actor) as work:
            person = holders.add(work, console.house.community, entered)
    except Problem as problem:
        return _form(visit, None, values, _told(problem))
    return go(f"/holders/{person.id}")


@router.get("/holders/{holder_id}")
def person(visit: Reader, console: TheConsole, holder_id: str, kind: str = "") -> Response:
    """One person, and their line of time: everything that the reader's role sees, or one kind of it."""
    only = kind_in(kind)
    with console.transactions.read() as session:
        found = holders.get(session, holder_id)
        held = _cards_of(session, holder_id) if visit.may(Permission.CARDS_READ) else []
        names = level_names(access.levels(session), visit.language)
        home = households.of_person(session, holder_id)
        asked = consents.of_person(session, holder_id) if Kind.CONSENT in kinds_of(visit.actor) else []
        has_photo = sees_faces(visit) and photos.of(session, holder_id) is not None
        lived = timeline.of_person(session, visit.actor, holder_id, only=only)
        gone = found.moved_ms is not None and not any(CardState.REVOKED in card.may_become for card in held)
        moments = lines(lived, access.points(session), visit.language, console.house.clock_speed)
    return page(
        visit,
        "person.html",
        person=found,
        cards=held,
        gone=gone,
        kinds=HOLDER_KINDS,
        level_names=names,
        home=home,
        relations=RELATIONS,
        consents=asked,
        purposes=PURPOSES,
        has_photo=has_photo,
        moments=moments,
        older=older(lived),
        only=only or "",
        time_kinds=[one for one in TIME_KINDS if one in kinds_of(visit.actor)],
        time_words=TIME_KINDS,
    )


@router.get("/holders/{holder_id}/edit")
def edit_person(visit: Writer, console: TheConsole, holder_id: str) -> Response:
    """The form with what is known."""
    with console.transactions.read() as session:
        found = holders.get(session, holder_id)
    known = found.model_dump(mode="json")
    return _form(visit, holder_id, known | {"tags": "、".join(found.tags)}, {})


@router.post("/holders/{holder_id}/edit", dependencies=[Depends(our_form)])
def change_person(
    visit: Writer,
    console: TheConsole,
    holder_id: str,
    name: Text = "",
    house: Text = "",
    phone_tail: Text = "",
    kind: Text = "",
    tags: Text = "",
) -> Response:
    """Correct what is known."""
    values = {"name": name, "house": house, "phone_tail": phone_tail.strip(), "kind": kind, "tags": tags}
    try:
        entered = _entered(values)
    except ValidationError as error:
        return _form(visit, holder_id, values, _problems(error))
    try:
        with console.transactions.work(visit.actor) as work:
            holders.change(work, holder_id, entered)
    except Problem as problem:
        return _form(visit, holder_id, values, _told(problem))
    return go(f"/holders/{holder_id}")


@router.get("/holders/{holder_id}/leave")
def ask_leave(visit: Ender, console: TheConsole, holder_id: str) -> Response:
    """What moving out brings about."""
    return _leave(visit, console, holder_id, "", 200)


@router.post("/holders/{holder_id}/leave", dependencies=[Depends(our_form)])
def leave(
    visit: Ender, console: TheConsole, holder_id: str, why: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Every card of the person ends at once."""
    why = why.strip()
    if not why or len(why) > WHY_MAX_CHARS:
        sentence = visit.say(WHY_PROBLEM, at="why")
        return _leave(visit, console, holder_id, sentence, 422)
    with console.transactions.work(visit.actor) as work:
        moving_out.move_out(work, holder_id, why=why)
    return go(f"/holders/{holder_id}")


def _leave(visit: Visit, console: TheConsole, holder_id: str, problem: str, status: int) -> Response:
    with console.transactions.read() as session:
        found = holders.get(session, holder_id)
        ending = [card for card in _cards_of(session, holder_id) if CardState.REVOKED in card.may_become]
    return page(visit, "person_leave.html", status=status, person=found, ending=ending, problem=problem)


def _form(
    visit: Visit,
    holder_id: str | None,
    values: dict[str, str],
    problems: dict[str, str],
    alike: Sequence[HolderView] = (),
    held: dict[str, list[CardView]] | None = None,
) -> Response:
    shown = {field: values.get(field, "") for field in HolderIn.model_fields}
    return page(
        visit,
        "person_form.html",
        status=422 if problems else 200,
        holder_id=holder_id,
        values=shown,
        problems=problems,
        kinds=HOLDER_KINDS,
        alike=alike,
        held=held,
    )


def _entered(values: dict[str, str]) -> HolderIn:
    return HolderIn.model_validate(values | {"tags": tags_of(values["tags"])})


def _problems(error: ValidationError) -> dict[str, str]:
    return {field: FIELD_PROBLEMS[field] for field in (str(e["loc"][0]) for e in error.errors())}


def _told(problem: Problem) -> dict[str, str]:
    """At the house, the one thing that a form may say and the list of houses refuses; anything else is no form's."""
    if "house" not in problem.fields:
        raise problem
    return {"house": FLAWS[HOUSE_UNKNOWN]}


def _cards_of(session: Session, holder_id: str) -> list[CardView]:
    return cards.listing(session, holder_id=holder_id, limit=MAX_CARDS).items
