"""Notices to points' screens and to residents: written, looked after, withdrawn, printed; who gets them by mail."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from card_protocol.words.moment import DAY_MS, MINUTE_MS
from server.pages.answers import go, is_part, page, part
from server.pages.console import Console, TheConsole
from server.pages.forms import TIME_PROBLEM, field_of, moment_or_none
from server.pages.i18n import N_, Language
from server.pages.said import WHY_PROBLEM, fields_of
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access
from server.services.notices import mails, notices, on_screens
from server.services.notices.mails import ReaderIn
from server.services.notices.notices import NoticeIn, NoticeState, NoticeView
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50
SHOWN_READERS = 500

STATES: dict[str, tuple[str, str, str]] = {
    NoticeState.TO_COME: ("quiet", "clock", N_("To come")),
    NoticeState.SHOWN: ("good", "volume", N_("Shown now")),
    NoticeState.OVER: ("quiet", "circle-check", N_("Over")),
    NoticeState.WITHDRAWN: ("bad", "circle-x", N_("Withdrawn")),
}
ON_PAPER = ("quiet", "list-details", N_("For printing only"))
FORM_PROBLEM = N_("Write it in both languages (60 and 120 characters at most); it ends after it begins, in the future.")
SENTENCES = {
    "zh": N_("Write it in Chinese, in 60 characters at most."),
    "en": N_("Write it in English, in 120 characters at most."),
    "from": TIME_PROBLEM,
    "to": N_("It ends after it begins, within ninety days, and in the future."),
    "points": N_("One of these points is not there any more: choose anew."),
}
OVER = N_("It is over or withdrawn already.")
READER_PROBLEM = N_("This is no mail address, or it gets notices already.")

Writer = Annotated[Visit, Depends(Needs(Permission.NOTICES_WRITE))]
Text = Annotated[str, Form(max_length=400)]
Chosen = Annotated[list[str], Form(max_length=64)]


def _form_fields(
    zh: Text = "",
    en: Text = "",
    begins: Annotated[str, Form(alias="from", max_length=32)] = "",
    ends: Annotated[str, Form(alias="to", max_length=32)] = "",
    points: Chosen = [],  # noqa: B006 - FastAPI copies it
    by_mail: Text = "",
) -> dict[str, Any]:
    """What was typed, as it was typed."""
    return {"zh": zh, "en": en, "from": begins, "to": ends, "points": points, "by_mail": bool(by_mail)}


Typed = Annotated[dict[str, Any], Depends(_form_fields)]


@router.get("/notices")
def listing(request: Request, visit: Writer, console: TheConsole, after: str | None = None) -> Response:
    """All, newest first."""
    with console.transactions.read() as session:
        found = notices.listing(session, visit.now_ms, after=after, limit=PAGE_ITEMS)
    shown: dict[str, Any] = {"found": found, "state_of": _state_of}
    if is_part(request):
        return part(visit, "notices_rows.html", first=after is None, **shown)
    return page(visit, "notices.html", first=True, **shown)


@router.get("/notices/_new")
def ask(visit: Writer, console: TheConsole) -> Response:
    """An empty form: from now on, for a day."""
    now = visit.now_ms // MINUTE_MS * MINUTE_MS
    typed = {"zh": "", "en": "", "from": field_of(now), "to": field_of(now + DAY_MS), "points": [], "by_mail": False}
    return _form(visit, console, typed, "", 200)


@router.post("/notices/_new", dependencies=[Depends(our_form)])
def write(visit: Writer, console: TheConsole, typed: Typed) -> Response:
    """Hang it up."""
    try:
        given = NoticeIn.model_validate(
            {name: typed[name] for name in ("zh", "en", "by_mail")}
            | {"points": frozenset(typed["points"])}
            | {"from_ms": moment_or_none(typed["from"]), "to_ms": moment_or_none(typed["to"])}
        )
        with console.transactions.work(visit.actor) as work:
            number = notices.write(work, given).number
    except (ValidationError, Problem) as error:
        known = SENTENCES if moment_or_none(typed["to"]) is not None else SENTENCES | {"to": TIME_PROBLEM}
        said = visit.tell(fields_of(error, from_ms="from", to_ms="to"), known, FORM_PROBLEM)
        return _form(visit, console, typed, said, error.status if isinstance(error, Problem) else 422)
    return go(f"/notices/{number}")


@router.get("/notices/readers")
def readers(visit: Writer, console: TheConsole) -> Response:
    """Who gets notices by mail."""
    return _readers(visit, console, "", "", 200)


@router.post("/notices/readers", dependencies=[Depends(our_form)])
def add_reader(visit: Writer, console: TheConsole, address: Text = "", name: Text = "") -> Response:
    """They asked for it."""
    try:
        reader = ReaderIn(address=address, name=name)
        with console.transactions.work(visit.actor) as work:
            mails.add_reader(work, reader)
    except ValidationError:
        return _readers(visit, console, visit.say(READER_PROBLEM, at="address"), address, 422)
    except Problem as problem:
        return _readers(visit, console, visit.say(READER_PROBLEM, at="address"), address, problem.status)
    return go("/notices/readers")


@router.post("/notices/readers/remove", dependencies=[Depends(our_form)])
def remove_reader(visit: Writer, console: TheConsole, address: Text = "") -> Response:
    """They want no more."""
    with console.transactions.work(visit.actor) as work:
        mails.remove_reader(work, address)
    return go("/notices/readers")


@router.get("/notices/{number}")
def one(visit: Writer, console: TheConsole, number: int) -> Response:
    """Where it has come to."""
    return _one(visit, console, number, "", 200)


@router.post("/notices/{number}/withdraw", dependencies=[Depends(our_form)])
def withdraw(visit: Writer, console: TheConsole, number: int, why: Text = "") -> Response:
    """Take it down everywhere."""
    try:
        with console.transactions.work(visit.actor) as work:
            notices.withdraw(work, number, why)
    except Problem as problem:
        if problem.code is Code.NOT_FOUND:
            raise
        said = visit.say(WHY_PROBLEM, at="why") if problem.code is Code.INVALID else visit.say(OVER)
        return _one(visit, console, number, said, problem.status)
    return go(f"/notices/{number}")


@router.get("/notices/{number}/paper")
def paper(visit: Writer, console: TheConsole, number: int) -> Response:
    """A sheet to hang up: both languages, large."""
    with console.transactions.read() as session:
        found = notices.get(session, number, visit.now_ms)
    return page(visit, "notice_paper.html", one=found)


def _state_of(one: NoticeView) -> tuple[str, str, str]:
    """Tone, symbol and word. What hangs on no screen and goes out by no mail is not shown by anything."""
    hangs = one.state in (NoticeState.TO_COME, NoticeState.SHOWN)
    return ON_PAPER if hangs and not one.points and not one.by_mail else STATES[one.state]


def _one(visit: Visit, console: Console, number: int, problem: str, status: int) -> Response:
    with console.transactions.read() as session:
        found = notices.get(session, number, visit.now_ms)
        shown: dict[str, Any] = {
            "one": found,
            "reach": on_screens.reach(session, number),
            "mail": mails.count(session, number),
            "unreached": mails.given_up(session, number),
        }
    english = visit.language is Language.EN
    return page(visit, "notice.html", status=status, state_of=_state_of, problem=problem, english=english, **shown)


def _form(visit: Visit, console: Console, typed: dict[str, Any], problem: str, status: int) -> Response:
    with console.transactions.read() as session:
        english = visit.language is Language.EN
        points = {point.id: point.name_en if english else point.name_zh for point in access.points(session)}
        count = len(mails.readers(session))
    return page(visit, "notice_form.html", status=status, typed=typed, problem=problem, points=points, readers=count)


def _readers(visit: Visit, console: Console, problem: str, typed: str, status: int) -> Response:
    with console.transactions.read() as session:
        found = mails.readers(session, SHOWN_READERS)
    return page(visit, "notice_readers.html", status=status, found=found, problem=problem, typed=typed)
