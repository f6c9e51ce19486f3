"""The questions of a field with their charts and tables; as files for Excel; the cards that lie in drawers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session

from card_protocol.words.moment import DAY_MS
from server.pages.activities.activity_words import KINDS
from server.pages.answers import page
from server.pages.console import TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.forms import field_of
from server.pages.incidents.incident_words import MATTERS, TIERS
from server.pages.live.live_views import point_name
from server.pages.statistics.statistics_words import FIELDS, QUESTIONS, ROWS, SPANS, Drawn
from server.pages.visit import Needs, Visit
from server.pages.words import REASONS
from server.services.access import access
from server.services.problems import not_found
from server.services.roles import Permission
from server.services.statistics import answers, gate_answers, kept
from server.services.statistics.masking import K
from server.services.statistics.questions import (
    DEFAULT_DAYS,
    SPANS_DAYS,
    Answer,
    Field,
    Question,
    fields_of,
    questions_of,
)

router = APIRouter()

Reader = Annotated[Visit, Depends(Needs(Permission.STATISTICS_READ))]
CardReader = Annotated[Visit, Depends(Needs(Permission.STATISTICS_READ, Permission.CARDS_READ))]
LEADS: dict[str, tuple[str, Permission]] = {
    Question.FAILING: ("/events?point={key}&since={since}", Permission.EVENTS_READ),
    Question.PEAKS: ("/events?kind=tap&reason=granted&hour={key}&point=*&since={since}", Permission.EVENTS_READ),
    Question.REFUSED: ("/events?kind=tap&reason={key}&point=*&since={since}", Permission.EVENTS_READ),
    Question.MEALS: ("/care/meals?day={key}", Permission.CARE_WORK),
    Question.ATTENDED: ("/activities", Permission.ACTIVITIES_WORK),
    Question.MATTERS: ("/incidents?matter={key}", Permission.INCIDENTS_READ),
    Question.LEVELS: ("/incidents", Permission.INCIDENTS_READ),
    Question.REPAIRS: ("/tickets", Permission.PROPERTY_WORK),
    Question.RECALLS: ("/clinic/recalls", Permission.CLINIC_WORK),
    Question.ALARMS: ("/care", Permission.CARE_WORK),
    Question.UNUSED: ("/statistics/_unused", Permission.CARDS_READ),
}
"""Where a row leads, for whoever may go there: to what was counted, of the days that were counted."""
LEADS_NOWHERE = frozenset({(Question.UNUSED, "used")})
"""Rows whose things are not those of the question's list."""


@dataclass(frozen=True)
class Row:
    """A row of a table, and of the chart over it."""

    words: str
    href: str
    values: tuple[int | None, ...]


@dataclass(frozen=True)
class Shown:
    """A question with its answer."""

    id: str
    drawn: Drawn
    rows: list[Row]
    is_masked: bool
    at_ms: int | None
    """When it was counted; None: just now."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(value != 0 for row in self.rows for value in row.values)

    @property
    def is_drawn(self) -> bool:
        """Whether a chart says the truth: parts of a whole of which one is not shown are no parts of that whole."""
        known = all(value is not None for row in self.rows for value in row.values)
        return not self.is_empty and (known or self.drawn.chart != "pie")


@router.get("/statistics")
def first(visit: Reader, console: TheConsole, days: int = DEFAULT_DAYS) -> Response:
    """The first field that the reader's role has."""
    return _field(visit, console, fields_of(visit.role)[0], days)


@router.get("/statistics/_unused")
def unused(visit: CardReader, console: TheConsole) -> Response:
    """Cards that nobody used for 90 days, the longest unused first."""
    with console.transactions.read() as session:
        found, at_ms = kept.unused_cards(session, visit.now_ms)
    return page(visit, "statistics_unused.html", found=found, at_ms=at_ms, most=gate_answers.LIST_MAX)


@router.get("/statistics/{field}")
def one_field(visit: Reader, console: TheConsole, field: Field, days: int = DEFAULT_DAYS) -> Response:
    """The questions of a field."""
    return _field(visit, console, field, days)


@router.get("/statistics/{field}/{question}/list.{form}")
def as_file(
    visit: Reader, console: TheConsole, field: Field, question: Question, form: str, days: int = DEFAULT_DAYS
) -> Response:
    """The table under a chart, for Excel."""
    if form not in FORMS or question not in questions_of(field):
        raise not_found("list", f"{question}.{form}")
    with console.transactions.read() as session:
        shown = _ask(session, visit, question, _span(days))
    heads = [visit.say(shown.drawn.row), *(visit.say(one) for one in shown.drawn.series)]
    rows = [[row.words, *(f"<{K}" if value is None else str(value) for value in row.values)] for row in shown.rows]
    return list_file(visit.say(shown.drawn.words), visit.now_ms, form, heads, rows)


def _field(visit: Visit, console: TheConsole, field: Field, days: int) -> Response:
    span = _span(days)
    with console.transactions.read() as session:
        shown = [_ask(session, visit, question, span) for question in questions_of(field)]
    return page(
        visit,
        "statistics.html",
        field=field,
        fields=[(one, FIELDS[one]) for one in fields_of(visit.role)],
        shown=shown,
        days=span,
        spans=SPANS,
        least=K,
    )


def _ask(session: Session, visit: Visit, question: Question, days: int) -> Shown:
    found = answers.answer(session, visit.role, question, days, visit.now_ms)
    names = {one.id: point_name(one, visit.language) for one in access.points(session)}
    return Shown(question.value, QUESTIONS[question], _rows(visit, found, names, days), found.is_masked, found.at_ms)


def _rows(visit: Visit, found: Answer, names: Mapping[str, str], days: int) -> list[Row]:
    lead, needs = LEADS.get(found.question, ("", None))
    opened = needs is not None and visit.may(needs)
    since = quote(field_of(visit.now_ms - days * DAY_MS))
    return [
        Row(
            _words(visit, found.question, line.key, names),
            lead.format(key=line.key, since=since)
            if opened and (found.question, line.key) not in LEADS_NOWHERE
            else "",
            line.values,
        )
        for line in found.lines
    ]


def _words(visit: Visit, question: Question, key: str, names: Mapping[str, str]) -> str:
    words: dict[Question, Any] = {
        Question.FAILING: lambda: names.get(key, key),
        Question.PEAKS: lambda: f"{int(key):02d}:00",
        Question.REFUSED: lambda: visit.say(REASONS[key]) if key in REASONS else key,
        Question.ATTENDED: lambda: visit.say(KINDS[key]),
        Question.LEVELS: lambda: visit.say(TIERS[key]),
        Question.MATTERS: lambda: visit.say(MATTERS[key][1]),
        Question.MEALS: lambda: key,
        Question.ARRIVALS: lambda: key,
    }
    return str(words[question]()) if question in words else visit.say(ROWS[question, key])


def _span(days: int) -> int:
    return days if days in SPANS_DAYS else DEFAULT_DAYS
