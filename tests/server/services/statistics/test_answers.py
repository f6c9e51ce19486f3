"""Every question is answered, by whoever may ask it; small numbers are left out for the others."""

import pytest

from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.statistics.answers import answer
from server.services.statistics.questions import Question
from tests.server.build import NOW_MS, Community
from tests.server.services.privacy.lives import lived


def test_every_question_is_answered(community: Community) -> None:
    lived(community)
    with community.transactions.read() as session:
        for question in Question:
            found = answer(session, Role.SYSTEM, question, 30, NOW_MS)
            assert found.question is question
            assert not found.is_masked


def test_one_meal_is_seen_by_who_works_there_alone(community: Community) -> None:
    lived(community)
    with community.transactions.read() as session:
        for role, shown in ((Role.CARE, (1, 1)), (Role.OFFICIAL, (None, None)), (Role.ADMIN, (None, None))):
            today = answer(session, role, Question.MEALS, 7, NOW_MS).lines[-1]
            assert (today.key, today.values) == ("2026-03-01", shown), role
        with pytest.raises(Problem) as told:
            answer(session, Role.NURSE, Question.MEALS, 7, NOW_MS)
    assert told.value.code is Code.FORBIDDEN
