"""Who reads which field, and from whom small numbers are kept."""

from server.services.roles import PEOPLE_ROLES, Permission, Role, may
from server.services.statistics.questions import (
    FIELD_OF,
    OWN,
    Field,
    Question,
    fields_of,
    is_masked,
    questions_of,
)
from server.services.work import Actor


def test_every_question_has_a_field_and_every_field_a_question() -> None:
    assert set(FIELD_OF) == set(Question)
    assert all(questions_of(field) for field in Field)


def test_who_may_come_reads_something_and_nobody_else() -> None:
    for role in PEOPLE_ROLES:
        assert may(Actor("x", role.value), Permission.STATISTICS_READ) == bool(fields_of(role)), role


def test_nobody_but_who_works_there_sees_small_numbers_of_health_and_care() -> None:
    for question, field in FIELD_OF.items():
        for role in PEOPLE_ROLES:
            assert is_masked(question, role) == (field in OWN and role is not OWN[field])
    assert not is_masked(Question.MEALS, Role.SYSTEM)
    assert not set(fields_of(Role.NURSE)) & set(fields_of(Role.CARE))
