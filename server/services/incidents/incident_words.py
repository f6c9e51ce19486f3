"""What an incident (事件) is: the words of its life, whose it is, and how long each level has for it. Pure.

An incident goes 上报 → 立案 → 派遣 → 处置 → 核查 → 结案 over four levels (终端–社区–街道–区): a terminal (a guard, a
worker, a door) collects it, the community handles it first, the street coordinates, the district plans as a whole.
The level follows from the unit that owns it; what was sent back to who reported it is at the terminal.
"""

from dataclasses import dataclass
from enum import StrEnum

from card_protocol.words import division
from card_protocol.words.moment import DAY_MS
from server.services.roles import Role

HOUR_MS = 3_600_000
MINUTE_MS = 60_000


class Tier(StrEnum):
    """The four levels."""

    TERMINAL = "terminal"
    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"


class State(StrEnum):
    """Where it stands."""

    REPORTED = "reported"
    """上报: waits for the unit that owns it to take it on."""
    RETURNED = "returned"
    """退回: went back to the terminal, which says more or withdraws it."""
    FILED = "filed"
    """立案: the unit has taken it on."""
    DISPATCHED = "dispatched"
    """派遣: somebody has been sent."""
    HANDLING = "handling"
    """处置: somebody is at it."""
    CHECKING = "checking"
    """核查: done, says who did it; a second person looks."""
    CLOSED = "closed"
    """结案."""
    MERGED = "merged"
    """并案: the same as another one, which goes on for both."""


OPEN = frozenset(State) - {State.CLOSED, State.MERGED}


class Action(StrEnum):
    """What can be done with one."""

    ACCEPT = "accept"
    RETURN = "return"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    DISPATCH = "dispatch"
    BEGIN = "begin"
    FINISH = "finish"
    REJECT = "reject"
    """The second person is not content: back to handling."""
    CLOSE = "close"
    HAND_OVER = "hand_over"
    ESCALATE = "escalate"
    MERGE = "merge"
    REOPEN = "reopen"
    NOTE = "note"
    OVERDUE = "overdue"
    """The clock ran out: up to the next level by itself."""
    UNIT_GONE = "unit_gone"
    """Its unit was dissolved: to the next one above that exists."""


BY_ITSELF = frozenset({Action.OVERDUE, Action.UNIT_GONE})
"""Nobody does these."""


class Urgency(StrEnum):
    """How soon."""

    NORMAL = "normal"
    URGENT = "urgent"


class Matter(StrEnum):
    """What it is about; decides who sees it."""

    SAFETY = "safety"
    """治安: doors, strangers, tampering."""
    FACILITY = "facility"
    """设施: what is broken."""
    ORDER = "order"
    """矛盾纠纷: noise, parking, quarrels."""
    ENVIRONMENT = "environment"
    CARE = "care"
    """养老: somebody who may need help. Health and whereabouts: PIPL art. 28."""
    OTHER = "other"


@dataclass(frozen=True)
class Limit:
    """How long a level has [ms]: to take it on, and from then to the end of its work."""

    take_ms: int
    settle_ms: int


LIMITS: dict[tuple[Tier, Urgency], Limit] = {
    (Tier.TERMINAL, Urgency.URGENT): Limit(30 * MINUTE_MS, 30 * MINUTE_MS),
    (Tier.TERMINAL, Urgency.NORMAL): Limit(DAY_MS, DAY_MS),
    (Tier.COMMUNITY, Urgency.URGENT): Limit(15 * MINUTE_MS, 2 * HOUR_MS),
    (Tier.COMMUNITY, Urgency.NORMAL): Limit(4 * HOUR_MS, DAY_MS),
    (Tier.STREET, Urgency.URGENT): Limit(30 * MINUTE_MS, 8 * HOUR_MS),
    (Tier.STREET, Urgency.NORMAL): Limit(8 * HOUR_MS, 3 * DAY_MS),
    (Tier.DISTRICT, Urgency.URGENT): Limit(HOUR_MS, DAY_MS),
    (Tier.DISTRICT, Urgency.NORMAL): Limit(DAY_MS, 7 * DAY_MS),
}
"""The clock of each level. It starts when the incident comes to the level and again when it is taken on there."""

_PLAIN = frozenset(Matter) - {Matter.CARE}
IN_FULL: dict[Role, frozenset[Matter]] = {
    Role.ADMIN: _PLAIN,
    Role.GUARD: _PLAIN,
    Role.CLERK: _PLAIN,
    Role.CARE: frozenset({Matter.CARE, Matter.FACILITY, Matter.ENVIRONMENT, Matter.OTHER}),
    Role.OFFICIAL: _PLAIN,
    Role.SYSTEM: frozenset(Matter),
}
"""Which matters a role reads. An official reads of care too what lies with their own unit (incident_rights)."""

VEILED: dict[Role, frozenset[Matter]] = {
    Role.ADMIN: frozenset({Matter.CARE}),
    Role.OFFICIAL: frozenset({Matter.CARE}),
    Role.AUDITOR: frozenset(Matter),
}
"""Of which it sees that there is something, whose it is and its clock, but no word of it and nobody's name. What stands
in neither table does not exist for the role (as in services.sight)."""


class No(StrEnum):
    """Why something is not done with an incident: a closed list, each with a sentence on the pages."""

    NOT_NOW = "not_now"
    CLOSED_ALREADY = "closed_already"
    CHANGED = "changed"
    """Somebody else did something since the person looked."""
    NO_REASON = "no_reason"
    NO_EVIDENCE = "no_evidence"
    SAME_PERSON = "same_person"
    NO_PERSON = "no_person"
    NO_SUCH_UNIT = "no_such_unit"
    NOT_SIDEWAYS = "not_sideways"
    NOBODY_ABOVE = "nobody_above"
    RETURNED_TOO_OFTEN = "returned_too_often"
    NO_TARGET = "no_target"
    """Merged into nothing, into itself, or into one that is over."""
    NOT_YOURS = "not_yours"
    """It is another unit's."""
    TOO_LONG = "too_long"


SENTENCES: dict[No, str] = {
    No.NOT_NOW: "That cannot be done in the present state.",
    No.CLOSED_ALREADY: "Somebody has closed it already; reopen it if that was wrong.",
    No.CHANGED: "Somebody else has changed it meanwhile: look at it again.",
    No.NO_REASON: "Say why: it goes into the history.",
    No.NO_EVIDENCE: "Say what was seen on the spot, by whom and when: without evidence nothing is closed.",
    No.SAME_PERSON: "Somebody else must check and close it than who handled it.",
    No.NO_PERSON: "Say who is sent.",
    No.NO_SUCH_UNIT: "There is no such unit, or it exists no longer.",
    No.NOT_SIDEWAYS: "Sideways is to another unit of the same level; use escalate for upwards.",
    No.NOBODY_ABOVE: "There is no unit above that it could go to.",
    No.RETURNED_TOO_OFTEN: "It has gone back too often: take it on or escalate it.",
    No.NO_TARGET: "It can be merged only into another incident that is still open.",
    No.NOT_YOURS: "It lies with another unit.",
    No.TOO_LONG: "That is too long.",
}
"""In English, for programs and logs; server.pages.incidents.incident_words has both languages."""


def tier_of(state: State, unit: str) -> Tier:
    """The level that an incident is at."""
    return Tier.TERMINAL if state is State.RETURNED else Tier(division.level_of(unit).value)
