"""Every question is asked in words, and each of its series has a name."""

from server.pages.statistics.statistics_words import FIELDS, QUESTIONS, SPANS
from server.services.statistics.questions import SPANS_DAYS, Field, Question


def test_everything_has_words() -> None:
    assert set(FIELDS) == set(Field)
    assert set(QUESTIONS) == set(Question)
    assert set(SPANS) == set(SPANS_DAYS)
    assert {drawn.chart for drawn in QUESTIONS.values()} <= {"bar", "line", "stack", "pie"}
