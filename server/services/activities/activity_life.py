"""The life of a meeting or an activity, as a literal table; what kinds there are, and what each asks. Pure.

    PLANNED ─open→ SIGN_IN ─begin→ RUNNING ─end→ HELD
       │              │ adjourn→ ADJOURNED (too few came)
       └─ call_off ───┴→ CALLED_OFF

A tap in its time opens the sign-in by itself. `begin` wants the quorum that the meeting has (`quorum`); who comes later
is there all the same. What came in late from an offline point counts by the time of the tap, whatever the state is.
"""

from enum import StrEnum
from typing import Final

from server.services.activities.quorum import Rule


class ActivityState(StrEnum):
    """Where it stands."""

    PLANNED = "planned"
    SIGN_IN = "sign_in"
    RUNNING = "running"
    HELD = "held"
    ADJOURNED = "adjourned"
    """Too few came; nothing was decided."""
    CALLED_OFF = "called_off"


class ActivityStep(StrEnum):
    """What is done to one."""

    OPEN = "open"
    BEGIN = "begin"
    END = "end"
    ADJOURN = "adjourn"
    CALL_OFF = "call_off"


_S, _T = ActivityState, ActivityStep
TABLE: Final[dict[tuple[ActivityState, ActivityStep], ActivityState]] = {
    (_S.PLANNED, _T.OPEN): _S.SIGN_IN,
    (_S.PLANNED, _T.CALL_OFF): _S.CALLED_OFF,
    (_S.SIGN_IN, _T.BEGIN): _S.RUNNING,
    (_S.SIGN_IN, _T.ADJOURN): _S.ADJOURNED,
    (_S.SIGN_IN, _T.CALL_OFF): _S.CALLED_OFF,
    (_S.RUNNING, _T.END): _S.HELD,
    # People may leave in the middle of a meeting, and then it cannot decide any more.
    (_S.RUNNING, _T.ADJOURN): _S.ADJOURNED,
}

OVER: Final = frozenset({_S.HELD, _S.ADJOURNED, _S.CALLED_OFF})
TAKES_SIGN_INS: Final = frozenset({_S.PLANNED, _S.SIGN_IN, _S.RUNNING})
"""By hand. A tap counts by its own time, if the activity was not called off."""


class ActivityKind(StrEnum):
    """What it is."""

    PARTY_MEETING = "party_meeting"
    """支部党员大会."""
    PARTY_CLASS = "party_class"
    """党课."""
    PARTY_DAY = "party_day"
    """主题党日: a branch studies, or goes out to help."""
    ASSEMBLY = "assembly"
    """居民会议, 居民代表会议."""
    STUDY = "study"
    VOLUNTEER = "volunteer"
    SOCIAL = "social"


PARTY_KINDS: Final = frozenset({ActivityKind.PARTY_MEETING, ActivityKind.PARTY_CLASS, ActivityKind.PARTY_DAY})
"""Who is on their lists is a member of the Party: for those alone who may know that."""


class Points(StrEnum):
    """Of which kind the points of an activity are."""

    STUDY = "study"
    VOLUNTEER = "volunteer"


POINTS_OF: Final[dict[ActivityKind, Points | None]] = {
    ActivityKind.PARTY_MEETING: Points.STUDY,
    ActivityKind.PARTY_CLASS: Points.STUDY,
    ActivityKind.PARTY_DAY: Points.VOLUNTEER,
    ActivityKind.ASSEMBLY: None,
    ActivityKind.STUDY: Points.STUDY,
    ActivityKind.VOLUNTEER: Points.VOLUNTEER,
    ActivityKind.SOCIAL: None,
}

USUAL_RULE: Final[dict[ActivityKind, Rule]] = {
    kind: Rule.MORE_THAN_HALF if kind in (ActivityKind.PARTY_MEETING, ActivityKind.ASSEMBLY) else Rule.NONE
    for kind in ActivityKind
}
"""What the form proposes; whoever calls the meeting knows what its statutes want."""


def after(state: ActivityState, step: ActivityStep) -> ActivityState | None:
    """The state behind a step; None when the table has none."""
    return TABLE.get((state, step))


def open_steps(state: ActivityState, *, quorate: bool) -> list[ActivityStep]:
    """What can be done now."""
    possible = [step for step in ActivityStep if after(state, step) is not None]
    return [step for step in possible if step is not ActivityStep.BEGIN or quorate]
