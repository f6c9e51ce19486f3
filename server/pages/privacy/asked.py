"""Requests of people about their own data: noted, checked, answered; and everything about somebody as a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError

from server.pages import i18n, marks
from server.pages.answers import go, page, sentence_of
from server.pages.console import TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.i18n import N_
from server.pages.people.found import found_by
from server.pages.privacy.field_words import field_word
from server.pages.privacy.privacy_words import AIMS, BECAUSE, CLOCKS, COUNTED, ENDS, KINDS, STATES, STEPS, TABLES, WAYS
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services import audit
from server.services.people import holders
from server.services.privacy import about, fields, forgetting, requests, staying
from server.services.privacy.register import REGISTER
from server.services.privacy.request_life import Kind, State, Step
from server.services.privacy.requests import RequestIn, StepIn
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission

router = APIRouter()

EVERYTHING = "everything"
"""What is to be deleted, where it is not one aim."""
CELL_MAX_CHARS = 32_000
"""Excel takes 32,767."""
Worker = Annotated[Visit, Depends(Needs(Permission.PRIVACY_WORK))]
Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=4000)]
TITLES = (N_("What for"), N_("What"), N_("Number"), N_("Field"), N_("Content"))


@router.get("/privacy/requests")
def listing(visit: Worker, console: TheConsole, over: bool = False) -> Response:
    """Open ones by their clock, or those that are over."""
    with console.transactions.read() as session:
        found = requests.listing(session, visit.now_ms, over=over)
    return page(visit, "privacy_requests.html", found=found, over=over, **_words())


@router.get("/privacy/requests/_new")
def new(visit: Worker, console: TheConsole, holder: str = "") -> Response:
    """An empty form, or one about somebody who was found."""
    name = ""
    if holder:
        with console.transactions.read() as session:
            name = holders.get(session, holder).name
    return _form(visit, {"name": name, "holder_id": holder}, "", 200)


@router.post("/privacy/requests/_new", dependencies=[Depends(our_form)])
def ask(
    visit: Worker,
    console: TheConsole,
    kind: Short = "",
    name: Short = "",
    holder_id: Short = "",
    way: Short = "",
    text: Long = "",
) -> Response:
    """Note what somebody asks; the clock begins."""
    typed = {"kind": kind, "name": name, "holder_id": holder_id, "way": way, "text": text}
    try:
        given = RequestIn.model_validate(typed | {"holder_id": holder_id or None})
    except ValidationError as error:
        said = visit.say(N_("Who asks for what, and how: all three are needed."), at=fields_of(error))
        return _form(visit, typed, said, 422)
    with console.transactions.work(visit.actor) as work:
        number = requests.ask(work, given).number
    return go(f"/privacy/requests/{number}")


@router.get("/privacy/requests/{number}")
def one(visit: Worker, console: TheConsole, number: int, q: str = "") -> Response:
    """One request: who it is, what there is about them, and what can be done."""
    return _one(visit, console, number, q, "", 200)


@router.post("/privacy/requests/{number}", dependencies=[Depends(our_form)])
def take(
    visit: Worker,
    console: TheConsole,
    number: int,
    step: Short = "",
    note: Long = "",
    holder_id: Short = "",
    aim: Short = "",
    sure: Short = "",
    q: Short = "",
) -> Response:
    """Do something with it; a deletion deletes, so it asks twice. What cannot be is told, and stays as it was typed."""
    typed = {"step": step, "note": note, "holder_id": holder_id, "aim": aim, "sure": sure}
    wanted = {
        "step": step,
        "note": note,
        "holder_id": holder_id or None,
        "aim": None if aim == EVERYTHING else aim or None,
    }
    try:
        given = StepIn.model_validate(wanted)
        if given.step is Step.DO and (lacking := _not_said(console, visit, number, aim, sure)):
            return _one(visit, console, number, q, lacking, 422, typed)
        with console.transactions.work(visit.actor) as work:
            requests.take(work, number, given)
    except ValidationError:
        return _one(visit, console, number, q, visit.say(N_("Say what you do, and write a word about it.")), 422, typed)
    except Problem as problem:
        if problem.code not in (Code.INVALID, Code.IN_USE, Code.WRONG_STATE):
            raise
        said = SENTENCES.get(problem.code)
        told = visit.say(said) if said else sentence_of(visit, problem)
        return _one(visit, console, number, q, told, problem.status, typed)
    return go(f"/privacy/requests/{number}")


def _not_said(console: TheConsole, visit: Visit, number: int, aim: str, sure: str) -> str:
    """What somebody who deletes has not said yet; empty for other requests."""
    with console.transactions.read() as session:
        if requests.get(session, number, visit.now_ms).request.kind is not Kind.DELETION:
            return ""
    if not aim:
        return visit.say(N_("Choose what is to be deleted."), at="aim")
    return "" if sure else visit.say(N_("Nothing was deleted yet: tick that it is to be deleted for good."), at="sure")


@router.post("/privacy/requests/{number}/file", dependencies=[Depends(our_form)])
def export(visit: Worker, console: TheConsole, number: int, form: Short = "xlsx") -> Response:
    """Everything about whoever asked, for them to take along; only when it is known that it is they."""
    if form not in FORMS:
        raise not_found("form", form)
    with console.transactions.work(visit.actor) as work:
        asked = requests.get(work.session, number, visit.now_ms).request
        if asked.holder_id is None or asked.state is State.ASKED:
            raise Problem(Code.WRONG_STATE, "First it must be known who asks.")
        found = list(about.everything(work.session, asked.holder_id))
        tally = about.counts(work.session, asked.holder_id)
        audit.record(
            work, "privacy.export", f"holder:{asked.holder_id}", after={"rows": tally}, why=f"request {number}"
        )
    stamp = visit.say(N_("Given out by %(name)s on %(time)s for request no. %(number)s"))
    me = marks.who(visit.actor.name, visit.language)
    first = stamp % {"name": me, "time": i18n.local_time(visit.now_ms), "number": number}
    rows = [[first, "", "", "", ""], *_lines(visit, found)]
    name = visit.say(N_("Everything about %(name)s")) % {"name": asked.name}
    return list_file(name, visit.now_ms, form, [visit.say(title) for title in TITLES], rows)


def _lines(visit: Visit, found: list[about.Kept]) -> list[list[str]]:
    seen: dict[str, int] = {}
    rows = []
    for kept in found:
        seen[kept.table] = number = seen.get(kept.table, 0) + 1
        where = [visit.say(AIMS[kept.aim][0]), visit.say(TABLES[kept.table]), str(number)]
        rows += [[*where, visit.say(field_word(name)), _said(name, value)] for name, value in kept.fields.items()]
    return rows


def _said(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name.endswith("_ms") and isinstance(value, int) and value > 0 and name not in ("silence_ms", "usual_ms"):
        return i18n.local_time(value)
    return str(value)[:CELL_MAX_CHARS]


SENTENCES: dict[Code, str] = {
    Code.INVALID: N_("Say whose data it is: search for the person and choose them."),
    Code.IN_USE: N_("Not yet: an incident or a search for them is still open. Close it first."),
}


def _form(visit: Visit, typed: dict[str, str], problem: str, status: int) -> Response:
    blank = dict.fromkeys(("kind", "name", "holder_id", "way", "text"), "")
    return page(visit, "privacy_request_new.html", status=status, typed=blank | typed, problem=problem, **_words())


def _one(
    visit: Visit,
    console: TheConsole,
    number: int,
    q: str,
    problem: str,
    status: int,
    typed: dict[str, str] | None = None,
) -> Response:
    with console.transactions.read() as session:
        file = requests.get(session, number, visit.now_ms)
        asked = file.request
        found = found_by(session, (q.strip() or asked.name) if asked.state is State.ASKED else "")
        person = holders.get(session, asked.holder_id) if asked.holder_id else None
        tally = fields.together(about.counts(session, asked.holder_id)) if asked.holder_id else {}
        proof = forgetting.proof_of(session, requests.reason_of(number)) if asked.kind is Kind.DELETION else None
        stays = staying.counts(session, asked.holder_id) if asked.holder_id and asked.kind is Kind.DELETION else {}
        reasons = forgetting.in_the_way(session, asked.holder_id) if asked.holder_id else []
    return page(
        visit,
        "privacy_request.html",
        status=status,
        file=file,
        found=found["found"],
        goes_on=found["goes_on"],
        person=person,
        tally=tally,
        proof=proof,
        stays=stays,
        blocked=bool(reasons) and asked.kind is Kind.DELETION,
        q=q,
        problem=problem,
        everything=EVERYTHING,
        typed=typed or {"step": "", "note": "", "holder_id": asked.holder_id or "", "aim": "", "sure": ""},
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "kinds": KINDS,
        "ways": WAYS,
        "states": STATES,
        "steps": STEPS,
        "clock_words": CLOCKS,
        "aims": AIMS,
        "table_words": COUNTED,
        "ends": {name: ENDS[use.end] for name, use in REGISTER.items()}
        | {fields.TOGETHER: N_("is deleted, or stays as a count and names nobody")},
        "because": {table: BECAUSE[why] for table, why in staying.STAYS.items()},
    }
