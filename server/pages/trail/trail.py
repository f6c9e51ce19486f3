"""The trail of who did what, before, after and why: read, checked as a chain, and handed out with a watermark."""

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from server.pages import i18n, marks
from server.pages.answers import is_part, page, part
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.trail.change_words import changes, subject_words
from server.pages.trail.trail_words import action_words
from server.pages.visit import Needs, Visit, our_form
from server.services import audit
from server.services.audit import AuditView
from server.services.lists.sheet_out import BOM, harmless
from server.services.privacy import fields
from server.services.roles import Permission

router = APIRouter()

PAGE_ITEMS = 50
EXPORT_MAX_LINES = 20_000
EXPORT_STEP_LINES = 500
WHY_MAX_CHARS = 300
Reader = Annotated[Visit, Depends(Needs(Permission.AUDIT_READ))]
Filter = Annotated[str, Query(max_length=120)]


@router.get("/audit")
def listing(
    request: Request, visit: Reader, console: TheConsole, actor: Filter = "", subject: Filter = "", after: str = ""
) -> Response:
    """Newest first."""
    return _page(request, visit, console, actor.strip(), subject.strip(), after, problem="")


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
    actor: Annotated[str, Form(max_length=120)] = "",
    subject: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """The lines as a table for Excel, with a first line that says who took it, when and why. It is itself recorded."""
    why = why.strip()
    if not why or len(why) > WHY_MAX_CHARS:
        problem = visit.say(N_("Please say why in a few words: it goes into the record."), at="why")
        return _page(request, visit, console, actor, subject, "", problem=problem)
    with console.transactions.work(visit.actor) as work:
        audit.record(work, "audit.export", "audit", after={"actor": actor, "subject": subject}, why=why)
    text = _table(visit, _lines(console, visit, actor, subject), why)
    name = f"onecard-audit-{i18n.local_date(visit.now_ms)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response((BOM + text).encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _page(
    request: Request, visit: Visit, console: Console, actor: str, subject: str, after: str, *, problem: str
) -> Response:
    with console.transactions.read() as session:
        found = audit.trail(
            session,
            actor=actor or None,
            subject=subject or None,
            without=_without(visit, subject),
            after=after or None,
            limit=PAGE_ITEMS,
        )
    lines = [fields.shown(line, visit.actor) for line in found.items]
    shown: dict[str, Any] = {
        "rows": [(line, action_words(line.action, visit.language), changes(line, visit.language)) for line in lines],
        "next": found.next,
        "about": lambda named: subject_words(named, visit.language),
        "actor": actor,
        "subject": subject,
    }
    if is_part(request):
        return part(visit, "audit_rows.html", first=not after, **shown)
    return page(visit, "audit.html", status=422 if problem else 200, first=True, problem=problem, **shown)


def _without(visit: Visit, subject: str) -> tuple[str, ...]:
    """Lines that do not show whom they are about are not found by it either."""
    return fields.hidden_from(visit.actor) if subject else ()


def _lines(console: Console, visit: Visit, actor: str, subject: str) -> list[AuditView]:
    found: list[AuditView] = []
    after: str | None = None
    with console.transactions.read() as session:
        while len(found) < EXPORT_MAX_LINES:
            step = audit.trail(
                session,
                actor=actor or None,
                subject=subject or None,
                without=_without(visit, subject),
                after=after,
                limit=EXPORT_STEP_LINES,
            )
            found += [fields.shown(line, visit.actor) for line in step.items]
            after = step.next
            if after is None:
                break
    return found


def _table(visit: Visit, lines: list[AuditView], why: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    stamp = visit.say(N_("Taken by %(name)s on %(time)s: %(why)s"))
    me = marks.who(visit.actor.name, visit.language)
    writer.writerow([harmless(stamp % {"name": me, "time": i18n.local_time(visit.now_ms), "why": why})])
    heads = (N_("Number"), N_("Time"), N_("Who"), N_("What"), N_("Of what"), N_("Before"), N_("After"), N_("Why"))
    writer.writerow([visit.say(head) for head in heads])
    for line in lines:
        values = (line.actor, line.action, line.subject, line.before, line.after, line.why)
        writer.writerow([line.id, i18n.local_time(line.at_ms), *map(harmless, values)])
    return out.getvalue()
