"""Every question has an answer in the tables."""

from server.services.statistics.asking import ASKS
from server.services.statistics.questions import Question


def test_every_question_can_be_asked() -> None:
    assert set(ASKS) == set(Question)
