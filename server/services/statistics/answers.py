"""A question of somebody -> its answer, with small numbers left out where they are not the reader's."""

from collections.abc import Callable

from sqlmodel import Session

from card_protocol.words.moment import DAY_MS
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.statistics import field_answers, gate_answers
from server.services.statistics.masking import masked
from server.services.statistics.questions import FIELD_OF, FIELDS_OF, Answer, Line, Question, is_masked

Ask = Callable[[Session, int, int], list[Line]]
"""(session, since [ms], now [ms]) -> rows."""

ASKS: dict[Question, Ask] = {
    Question.FAILING: lambda session, since_ms, _now_ms: gate_answers.failing(session, since_ms),
    Question.PEAKS: lambda session, since_ms, _now_ms: gate_answers.peaks(session, since_ms),
    Question.REFUSED: lambda session, since_ms, _now_ms: gate_answers.refused(session, since_ms),
    Question.UNUSED: lambda session, _since_ms, now_ms: gate_answers.unused(session, now_ms),
    Question.MEALS: field_answers.meals,
    Question.ALARMS: lambda session, since_ms, _now_ms: field_answers.alarms(session, since_ms),
    Question.ARRIVALS: field_answers.arrivals,
    Question.RECALLS: field_answers.recalls,
    Question.ATTENDED: lambda session, since_ms, _now_ms: field_answers.attended(session, since_ms),
    Question.LEVELS: field_answers.levels,
    Question.MATTERS: lambda session, since_ms, _now_ms: field_answers.matters(session, since_ms),
    Question.REPAIRS: lambda session, since_ms, _now_ms: field_answers.repairs(session, since_ms),
}
assert set(ASKS) == set(Question)


def answer(session: Session, role: Role, question: Question, days: int, now_ms: int) -> Answer:
    """What is known of the last days. Problem FORBIDDEN for a field that is not the reader's."""
    if role is not Role.SYSTEM and FIELD_OF[question] not in FIELDS_OF.get(role, frozenset()):
        raise Problem(Code.FORBIDDEN, f"{role} does not read {FIELD_OF[question]}.")
    lines = ASKS[question](session, now_ms - days * DAY_MS, now_ms)
    hidden = is_masked(question, role)
    return Answer(question, tuple(_masked(lines) if hidden else lines), hidden)


def _masked(lines: list[Line]) -> list[Line]:
    """Series by series; where one number of a row says too much, its others would as well."""
    columns = [
        masked([value or 0 for value in column]) for column in zip(*(line.values for line in lines), strict=True)
    ]
    rows = zip(*columns, strict=True)
    return [
        Line(line.key, tuple(None for _ in row) if None in row else row) for line, row in zip(lines, rows, strict=True)
    ]
