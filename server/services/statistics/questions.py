"""Which questions there are, in which field, and who may read the answers: literal tables. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from server.services.roles import Role


class Field(StrEnum):
    """A field of the community's work."""

    GATES = "gates"
    CARE = "care"
    CLINIC = "clinic"
    ACTIVITIES = "activities"
    INCIDENTS = "incidents"
    PROPERTY = "property"


class Question(StrEnum):
    """What somebody wants to know."""

    FAILING = "failing"
    """Which gates fail?"""
    PEAKS = "peaks"
    """When are the peaks?"""
    REFUSED = "refused"
    """Why are people refused?"""
    UNUSED = "unused"
    """Which cards were not used in 90 days?"""
    MEALS = "meals"
    """How many meals, day by day?"""
    ALARMS = "alarms"
    """Were those who were not seen in need?"""
    ARRIVALS = "arrivals"
    """How many come to the clinic?"""
    RECALLS = "recalls"
    """Do people come again when they are to?"""
    ATTENDED = "attended"
    """Who comes to activities? Those of the Party are the Party's."""
    LEVELS = "levels"
    """Where do incidents lie, and how many are late?"""
    MATTERS = "matters"
    """What are they about?"""
    REPAIRS = "repairs"
    """How long do repairs take?"""


FIELD_OF: dict[Question, Field] = {
    Question.FAILING: Field.GATES,
    Question.PEAKS: Field.GATES,
    Question.REFUSED: Field.GATES,
    Question.UNUSED: Field.GATES,
    Question.MEALS: Field.CARE,
    Question.ALARMS: Field.CARE,
    Question.ARRIVALS: Field.CLINIC,
    Question.RECALLS: Field.CLINIC,
    Question.ATTENDED: Field.ACTIVITIES,
    Question.LEVELS: Field.INCIDENTS,
    Question.MATTERS: Field.INCIDENTS,
    Question.REPAIRS: Field.PROPERTY,
}

FIELDS_OF: dict[Role, frozenset[Field]] = {
    Role.ADMIN: frozenset(Field),
    Role.OFFICIAL: frozenset(Field),
    Role.AUDITOR: frozenset(Field),
    Role.CARE: frozenset({Field.CARE}),
    Role.NURSE: frozenset({Field.CLINIC}),
    Role.ORGANISER: frozenset({Field.ACTIVITIES}),
    Role.PROPERTY: frozenset({Field.PROPERTY}),
}
"""Who reads which field; who is not in it reads none."""

OWN: dict[Field, Role] = {Field.CARE: Role.CARE, Field.CLINIC: Role.NURSE, Field.ACTIVITIES: Role.ORGANISER}
"""Health, care and what people come to: who works there sees every number, everybody else no small one (masking)."""

SPANS_DAYS = (7, 30, 90)
DEFAULT_DAYS = 30


@dataclass(frozen=True)
class Line:
    """A row of an answer: what, and how many of each series; None where a small number is not shown."""

    key: str
    """A day, an hour, a point, a word of a closed list."""
    values: tuple[int | None, ...]


@dataclass(frozen=True)
class Answer:
    """The rows of an answer, in the order in which they are read."""

    question: Question
    lines: tuple[Line, ...]
    is_masked: bool = False
    """Small numbers are left out."""
    at_ms: int | None = None
    """When it was worked out, if that was not just now (services.statistics.kept)."""


def is_masked(question: Question, role: Role) -> bool:
    """Whether small numbers are kept from a role."""
    own = OWN.get(FIELD_OF[question])
    return own is not None and role not in (own, Role.SYSTEM)


def questions_of(field: Field) -> list[Question]:
    """What is asked in a field."""
    return [question for question, of in FIELD_OF.items() if of is field]


def fields_of(role: Role) -> list[Field]:
    """Which fields a role reads, in order."""
    return [field for field in Field if field in FIELDS_OF.get(role, frozenset())]
