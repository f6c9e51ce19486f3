"""What somebody asks about their own data: a literal table, and its clock. Pure.

    ASKED ─check─► CHECKED ─do─► DONE
      │               └─refuse─► REFUSED      (with a reason: PIPL art. 50)
      └─refuse─► REFUSED                      (it is not known to be them)

The clock is that of GB/T 35273-2020, 8.7: an answer within thirty days; the law itself says "in time" (art. 45 to 47).
"""

from enum import StrEnum

from card_protocol.words.moment import DAY_MS

ANSWER_WITHIN_MS = 30 * DAY_MS
SOON_MS = 7 * DAY_MS
"""So long before its end a clock is shown as running out."""


class Kind(StrEnum):
    """What is asked for."""

    ACCESS = "access"
    """To see it and get a copy (art. 45)."""
    CORRECTION = "correction"
    """Art. 46."""
    DELETION = "deletion"
    """Art. 47."""
    EXPLAINING = "explaining"
    """What the rules are and why (art. 48)."""
    RESTRICTING = "restricting"
    """Not to be used for something (art. 44)."""


class Way(StrEnum):
    """How it was asked."""

    IN_PERSON = "in_person"
    TELEPHONE = "telephone"
    LETTER = "letter"
    FAMILY = "family"
    """By a guardian, or by next of kin of somebody who has died (art. 31, 49)."""


class State(StrEnum):
    """Where it stands."""

    ASKED = "asked"
    CHECKED = "checked"
    """It is known that it is they who ask."""
    DONE = "done"
    REFUSED = "refused"


class Step(StrEnum):
    """What is done with it."""

    CHECK = "check"
    NOTE = "note"
    DO = "do"
    REFUSE = "refuse"


class Clock(StrEnum):
    """How the clock stands."""

    RUNS = "runs"
    SOON = "soon"
    OVERDUE = "overdue"
    STOPPED = "stopped"
    LATE = "late"
    """Answered, and after its time."""


TABLE: dict[tuple[State, Step], State] = {
    (State.ASKED, Step.CHECK): State.CHECKED,
    (State.ASKED, Step.NOTE): State.ASKED,
    (State.ASKED, Step.REFUSE): State.REFUSED,
    (State.CHECKED, Step.NOTE): State.CHECKED,
    (State.CHECKED, Step.DO): State.DONE,
    (State.CHECKED, Step.REFUSE): State.REFUSED,
}
"""Nothing is given out or deleted before it is known who asks."""

OPEN = frozenset({State.ASKED, State.CHECKED})
NEEDS_NOTE = frozenset({Step.CHECK, Step.NOTE, Step.REFUSE, Step.DO})
"""How it was checked, what was done, why not: never without a word."""


def after(state: State, step: Step) -> State | None:
    """The state behind a step; None where it is not possible."""
    return TABLE.get((state, step))


def steps_from(state: State) -> list[Step]:
    """What can be done now."""
    return [step for step in Step if (state, step) in TABLE]


def clock(state: State, due_ms: int, closed_ms: int | None, now_ms: int) -> Clock:
    """How the clock stands at `now_ms`."""
    if state not in OPEN:
        return Clock.LATE if closed_ms is not None and closed_ms > due_ms else Clock.STOPPED
    if now_ms > due_ms:
        return Clock.OVERDUE
    return Clock.SOON if due_ms - now_ms <= SOON_MS else Clock.RUNS
