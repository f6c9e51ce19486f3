"""The trail of who did what, before, after and why: read, checked as a chain, and handed out with a watermark."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from server.pages import i18n, marks
from server.pages.answers import is_part, page, part
from server.pages.console import Console, TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.i18n import N_
from server.pages.said import WHY_PROBLEM
from server.pages.trail.change_words import changes, subject_words
from server.pages.trail.record import TAKEN
from server.pages.trail.trail_search import Search
from server.pages.trail.trail_words import action_words
from server.pages.visit import Needs, Visit, our_form
from server.services import audit
from server.services.audit import AuditView
from server.services.paging import Page
from server.services.privacy import fields
from server.services.problems import not_found
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50
EXPORT_MAX_LINES = 20_000
EXPORT_STEP_LINES = 500
WHY_MAX_CHARS = 300
Reader = Annotated[Visit, Depends(Needs(Permission.AUDIT_READ))]
Asked = Annotated[str, Form(max_length=120)]

TITLES = (
    N_("Number"),
    N_("Time"),
    N_("Who"),
    N_("What"),
    N_("Of what"),
    N_("What changed"),
    N_("Why"),
    N_("As kept: time (ms)"),
    N_("As kept: who"),
    N_("As kept: what"),
    N_("As kept: of what"),
    N_("As kept: before"),
    N_("As kept: after"),
    N_("As kept: why"),
    N_("Seal"),
)
"""First what the page says, then what the seals are made of: whoever proves the chain needs it letter by letter."""


@router.get("/audit")
def listing(
    request: Request, visit: Reader, console: TheConsole, search: Annotated[Search, Depends()], after: str = ""
) -> Response:
    """Newest first."""
    return _page(request, visit, console, search, after, problem="")


@router.get("/audit/check")
def check(visit: Reader, console: TheConsole) -> Response:
    """Whether every line follows from the one before it."""
    with console.transactions.read() as session:
        broken = audit.broken_at(session)
    return part(visit, "audit_check.html", broken=broken)


@router.post("/audit/export", dependencies=[Depends(our_form)])
def export(
    request: Request,
    visit: Reader,
    console: TheConsole,
    why: Annotated[str, Form(max_length=2000)] = "",
    actor: Asked = "",
    subject: Asked = "",
    since: Asked = "",
    until: Asked = "",
    form: Annotated[str, Form(max_length=8)] = "xlsx",
) -> Response:
    """The lines as a table for Excel, with a first line that says who took it, when and why. It is itself recorded."""
    search, why = Search(actor, subject, since, until), why.strip()
    if form not in FORMS:
        raise not_found("form", form)
    if not why or len(why) > WHY_MAX_CHARS or not why.isprintable():
        problem = visit.say(WHY_PROBLEM, at="why")
        return _page(request, visit, console, search, "", problem=problem)
    lines = _lines(console, visit, search)
    if search.problems:
        return _page(request, visit, console, search, "", problem=visit.say(search.problems[0], at=("since", "until")))
    with console.transactions.work(visit.actor) as work:
        audit.record(work, "audit.export", "audit", after=search.query(), why=why)
    me = marks.who(visit.actor.name, visit.language)
    stamp = visit.say(TAKEN) % {"name": me, "time": i18n.local_time(visit.now_ms), "why": why}
    rows = [_row(visit, line) for line in lines]
    titles = [visit.say(title) for title in TITLES]
    return list_file(visit.say(N_("Who did what")), visit.now_ms, form, titles, rows, above=stamp)


def _page(request: Request, visit: Visit, console: Console, search: Search, after: str, *, problem: str) -> Response:
    with console.transactions.read() as session:
        found = _found(session, visit, search, after or None, PAGE_ITEMS)
    lines = [fields.shown(line, visit.actor) for line in found.items]
    shown: dict[str, Any] = {
        "rows": [(line, action_words(line.action, visit.language), changes(line, visit.language)) for line in lines],
        "next": found.next,
        "about": lambda named: subject_words(named, visit.language),
        "search": search,
    }
    if is_part(request):
        return part(visit, "audit_rows.html", first=not after, **shown)
    return page(visit, "audit.html", status=422 if problem else 200, first=True, problem=problem, **shown)


def _found(session: Session, visit: Visit, search: Search, after: str | None, limit: int) -> Page[AuditView]:
    """Lines that do not show whom they are about are not found by it either."""
    which = search.which(session)
    without = fields.hidden_from(visit.actor) if which["subject"] else ()
    return audit.trail(session, **which, without=without, after=after, limit=limit)


def _lines(console: Console, visit: Visit, search: Search) -> list[AuditView]:
    found: list[AuditView] = []
    after: str | None = None
    with console.transactions.read() as session:
        while len(found) < EXPORT_MAX_LINES:
            step = _found(session, visit, search, after, EXPORT_STEP_LINES)
            found += [fields.shown(line, visit.actor) for line in step.items]
            after = step.next
            if after is None:
                break
    return found


def _row(visit: Visit, line: AuditView) -> list[str]:
    language = visit.language
    colon = marks.COLON[language]
    changed = [f"{name}{colon}{before} → {after}" if before else f"{name}{colon}{after}"
               for name, before, after in changes(line, language)]  # fmt: skip
    told = [
        marks.who(line.actor, language),
        action_words(line.action, language),
        "" if line.veiled else subject_words(line.subject, language),
        marks.SEMICOLON[language].join(changed),
        marks.why(line.why, language),
    ]
    kept = [str(line.at_ms), line.actor, line.action, line.subject, line.before, line.after, line.why, line.hash]
    return [str(line.id), i18n.local_time(line.at_ms), *told, *kept]
