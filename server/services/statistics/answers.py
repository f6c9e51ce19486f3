"""A question of somebody -> its answer, with small numbers left out where they are not the reader's."""

from sqlmodel import Session

from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.statistics import kept
from server.services.statistics.asking import ask
from server.services.statistics.masking import masked
from server.services.statistics.questions import FIELD_OF, FIELDS_OF, Answer, Line, Question, is_masked


def answer(session: Session, role: Role, question: Question, days: int, now_ms: int) -> Answer:
    """What is known of the last days. Problem FORBIDDEN for a field that is not the reader's."""
    if role is not Role.SYSTEM and FIELD_OF[question] not in FIELDS_OF.get(role, frozenset()):
        raise Problem(Code.FORBIDDEN, f"{role} does not read {FIELD_OF[question]}.")
    ahead = kept.of(session, question, days, now_ms)
    lines = ahead.lines if ahead is not None else ask(session, question, days, now_ms)
    hidden = is_masked(question, role)
    return Answer(question, tuple(_masked(lines) if hidden else lines), hidden, ahead.at_ms if ahead else None)


def _masked(lines: list[Line]) -> list[Line]:
    """Series by series; where one number of a row says too much, its others would as well."""
    columns = [
        masked([value or 0 for value in column]) for column in zip(*(line.values for line in lines), strict=True)
    ]
    rows = zip(*columns, strict=True)
    return [
        Line(line.key, tuple(None for _ in row) if None in row else row) for line, row in zip(lines, rows, strict=True)
    ]
