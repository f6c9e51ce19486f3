"""A question -> its answer out of the tables, as long as that takes."""

from collections.abc import Callable

from sqlmodel import Session

from card_protocol.words.moment import DAY_MS
from server.services.statistics import field_answers, gate_answers
from server.services.statistics.questions import Line, Question

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


def ask(session: Session, question: Question, days: int, now_ms: int) -> list[Line]:
    """Over the last days."""
    return ASKS[question](session, now_ms - days * DAY_MS, now_ms)
