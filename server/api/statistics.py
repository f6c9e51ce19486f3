"""/statistics: which questions a role may ask, and their answers: counts, nobody's name."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, TheHouse
from server.services.paging import Page, part
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission, Role
from server.services.statistics import answers
from server.services.statistics.questions import (
    DEFAULT_DAYS,
    SPANS_DAYS,
    Field,
    Question,
    fields_of,
    questions_of,
)
from server.services.work import Actor

router = APIRouter(prefix="/statistics", tags=["statistics"])

Reader = Annotated[Actor, Depends(Needs(Permission.STATISTICS_READ))]
Days = Annotated[int, Query(ge=min(SPANS_DAYS), le=max(SPANS_DAYS), description="7, 30 or 90")]


class AskableView(BaseModel):
    """A question that the caller may ask."""

    field: Field
    question: Question


class LineView(BaseModel):
    """A row of an answer: a day, an hour, a point or a word of a closed list, and a number for each series; null where
    a small number is kept from the caller."""

    key: str
    values: list[int | None]


class AnswerView(AskableView):
    """An answer over the last `days`, in the order in which it is read."""

    days: int
    masked: bool
    lines: list[LineView]


@router.get("")
def askable(actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[AskableView]:
    """What the caller's role may ask, field by field."""
    found = [AskableView(field=field, question=one) for field in _fields(actor) for one in questions_of(field)]
    return part(found, lambda one: f"{one.field}-{one.question}", after=after, limit=limit)


@router.get("/{field}/{question}")
def answer(house: TheHouse, actor: Reader, field: Field, question: Question, days: Days = DEFAULT_DAYS) -> AnswerView:
    """One answer; 403 for a field that is not the caller's, 404 for a question of another field."""
    if question not in questions_of(field):
        raise not_found("question", f"{field}/{question}")
    if days not in SPANS_DAYS:
        raise Problem(Code.INVALID, f"Not over {days} days.", fields={"days": f"one of {SPANS_DAYS}"})
    with house.transactions.read() as session:
        found = answers.answer(session, Role(actor.role), question, days, house.transactions.clock())
    lines = [LineView(key=line.key, values=list(line.values)) for line in found.lines]
    return AnswerView(field=field, question=question, days=days, masked=found.is_masked, lines=lines)


def _fields(actor: Actor) -> list[Field]:
    return list(Field) if actor.role == Role.SYSTEM else fields_of(Role(actor.role))
