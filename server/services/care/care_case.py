"""Somebody was not seen: who has to do what by when, until it is known how they are. Pure.

RESIDENT    call them                 ─┐ nobody answers, or nobody did it in time: the next one's turn
CONTACT     call whom they named       │
COMMUNITY   somebody goes there        │
STREET      the street decides        ─┘ its clock begins anew each time: an open case is never without one
CLOSED      with an outcome, so that true and false alarms are counted
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from card_protocol.words.moment import MINUTE_MS


class Stage(StrEnum):
    """Whose turn it is."""

    RESIDENT = "resident"
    CONTACT = "contact"
    COMMUNITY = "community"
    STREET = "street"
    CLOSED = "closed"


class Deed(StrEnum):
    """What happened with a case."""

    OVERDUE = "overdue"
    """The clock ran out."""
    NOT_REACHED = "not_reached"
    VISITING = "visiting"
    """Somebody is on the way."""
    # what ends it
    SEEN = "seen"
    """They tapped somewhere."""
    WELL = "well"
    """Reached or met, and well."""
    AWAY = "away"
    HOSPITAL = "hospital"
    HELPED = "helped"
    """They needed help, and got it."""
    WITHDRAWN = "withdrawn"
    """They took their consent back."""


STEPS: Final[dict[tuple[Stage, Deed], Stage]] = {
    (Stage.RESIDENT, Deed.OVERDUE): Stage.CONTACT,
    (Stage.RESIDENT, Deed.NOT_REACHED): Stage.CONTACT,
    (Stage.RESIDENT, Deed.VISITING): Stage.COMMUNITY,
    (Stage.CONTACT, Deed.OVERDUE): Stage.COMMUNITY,
    (Stage.CONTACT, Deed.NOT_REACHED): Stage.COMMUNITY,
    (Stage.CONTACT, Deed.VISITING): Stage.COMMUNITY,
    (Stage.COMMUNITY, Deed.OVERDUE): Stage.STREET,
    (Stage.COMMUNITY, Deed.NOT_REACHED): Stage.STREET,
    (Stage.COMMUNITY, Deed.VISITING): Stage.COMMUNITY,
    (Stage.STREET, Deed.OVERDUE): Stage.STREET,
    (Stage.STREET, Deed.NOT_REACHED): Stage.STREET,
    (Stage.STREET, Deed.VISITING): Stage.STREET,
    **{
        (stage, deed): Stage.CLOSED
        for stage in (Stage.RESIDENT, Stage.CONTACT, Stage.COMMUNITY, Stage.STREET)
        for deed in (Deed.SEEN, Deed.WELL, Deed.AWAY, Deed.HOSPITAL, Deed.HELPED, Deed.WITHDRAWN)
    },
}

CLOCKS_MS: Final = {
    Stage.RESIDENT: 30 * MINUTE_MS,
    Stage.CONTACT: 30 * MINUTE_MS,
    Stage.COMMUNITY: 60 * MINUTE_MS,
    Stage.STREET: 120 * MINUTE_MS,
}

TRUE_ALARMS: Final = frozenset({Deed.HOSPITAL, Deed.HELPED})
FALSE_ALARMS: Final = frozenset({Deed.SEEN, Deed.WELL, Deed.AWAY})
"""What is in neither set says nothing of the alarm."""


@dataclass(frozen=True)
class Case:
    """`due_ms`: when the present stage must have done something; None when it is closed, and `outcome` says how."""

    stage: Stage
    due_ms: int | None
    outcome: Deed | None = None


def opened(now_ms: int) -> Case:
    """A new case."""
    return Case(Stage.RESIDENT, now_ms + CLOCKS_MS[Stage.RESIDENT])


def step(case: Case, deed: Deed, now_ms: int) -> Case | None:
    """The case after something happened; None when that is not possible (it is closed)."""
    stage = STEPS.get((case.stage, deed))
    if stage is None:
        return None
    if stage is Stage.CLOSED:
        return Case(stage, None, deed)
    return Case(stage, now_ms + CLOCKS_MS[stage])


def caught_up(case: Case, now_ms: int) -> list[tuple[int, Case]]:
    """The case after every clock that has run out by now: (when, the case after it). The street's runs out once a
    look, however long ago that was."""
    happened = []
    while case.due_ms is not None and case.due_ms <= now_ms:
        at_ms = case.due_ms
        again = step(case, Deed.OVERDUE, now_ms if case.stage is Stage.STREET else at_ms)
        assert again is not None
        case = again
        happened.append((at_ms, case))
    return happened
