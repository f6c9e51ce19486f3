"""The life of an incident: a literal transition table and `act(incident, deed, units)`, pure and total.

    REPORTED ─accept─► FILED ─dispatch─► DISPATCHED ─begin─► HANDLING ─finish─► CHECKING ─close─► CLOSED
       ▲ │ return                                               ▲─────reject───────┘
       │ ▼
    RETURNED (at the terminal) ─withdraw─► CHECKING

From everywhere on the way: hand over sideways, escalate, merge; and by itself, when the clock runs out, up a level. A
unit that gets it has to take it on: it is reported there. What is returned goes to the unit that it came from, and from
the first one to the terminal. CLOSED and MERGED are reopened. A refusal is a value (design § 1.5).

What always holds (`is_whole`, kept by property tests): no incident is without an owner, no open one without a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from card_protocol.words import division
from card_protocol.words.division import Level
from server.services.incidents.incident_words import LIMITS, OPEN, Action, No, State, Urgency, tier_of

RETURNS_MAX = 3
"""Then a unit takes it on or escalates: an incident is no ball."""

PATH_MAX_UNITS = 16
TEXT_MAX_CHARS = 1000
PERSON_MAX_CHARS = 80
UNITS_ABOVE = (Level.COMMUNITY, Level.STREET, Level.DISTRICT)
"""Escalation ends at the district."""


@dataclass(frozen=True)
class Units:
    """The org tree as far as an incident goes: the units that exist now, and the server's own community."""

    home: str
    alive: frozenset[str]

    def exists(self, unit: str) -> bool:
        """Whether an incident can be there."""
        return unit == self.home or (unit in self.alive and division.level_of(unit) in UNITS_ABOVE)

    def above(self, unit: str) -> str | None:
        """The nearest unit above that exists, at most a district; None when there is none."""
        higher = reversed(division.lineage(unit)[:-1])
        return next((code for code in higher if code in self.alive and division.level_of(code) in UNITS_ABOVE), None)

    def nearest(self, unit: str) -> str:
        """The unit itself if it exists, else the next above that does, else the community."""
        return unit if self.exists(unit) else self.above(unit) or self.home


@dataclass(frozen=True)
class Incident:
    """Everything about an incident that its life depends on."""

    state: State
    unit: str
    """Owns it."""
    due_ms: int | None
    urgency: Urgency = Urgency.NORMAL
    person: str = ""
    """Who was sent."""
    path: tuple[str, ...] = ()
    """The units that it came through."""
    done_by: tuple[str, ...] = ()
    """Who handled it or withdrew it, as actors: none of them may close it."""
    reported_by: str = ""
    closed_by: str = ""
    merged_into: int | None = None
    returns: int = 0
    overdue: int = 0
    """How often its clock ran out."""
    late: bool = False
    """Its present clock has run out where nobody is above: told once, and waited for all the same."""
    turn: int = 1
    """How many steps its history has."""


@dataclass(frozen=True)
class Deed:
    """Somebody does something at a moment."""

    action: Action
    actor: str
    at_ms: int
    why: str = ""
    """The reason, what was done, or the evidence."""
    unit: str = ""
    person: str = ""
    person_actor: str = ""
    """The actor that the person is here, if they are one: `user:zhang`."""
    into: int | None = None
    into_is_open: bool = False
    turn: int | None = None
    """How many steps the doer had seen; None: whatever happened meanwhile."""


Outcome: TypeAlias = Incident | No
_S, _A = State, Action


def report(home: str, urgency: Urgency, actor: str, at_ms: int) -> Incident:
    """A new one: the community's to take on."""
    return _at(Incident(_S.REPORTED, home, None, urgency, reported_by=actor), _S.REPORTED, home, at_ms)


def act(incident: Incident, deed: Deed, units: Units) -> Outcome:
    """What becomes of it, or why not."""
    row = TABLE.get((incident.state, deed.action))
    if row is None:
        closed = incident.state is _S.CLOSED and deed.action is _A.CLOSE
        return No.CLOSED_ALREADY if closed else No.NOT_NOW
    if deed.turn is not None and deed.turn != incident.turn:
        return No.CHANGED
    if len(deed.why) > TEXT_MAX_CHARS or len(deed.person) > PERSON_MAX_CHARS:
        return No.TOO_LONG
    if deed.action in NEEDS_REASON and not deed.why.strip():
        return No.NO_EVIDENCE if deed.action is _A.CLOSE else No.NO_REASON
    step, allowed = row
    after = step(incident, deed, units)
    if isinstance(after, No):
        return after
    assert after.state in allowed, f"{incident.state} may not lead to {after.state} by {deed.action}"
    return replace(after, turn=incident.turn + 1)


def is_whole(incident: Incident) -> bool:
    """Nobody's incident, or one that nobody waits for, does not exist."""
    owned = bool(incident.unit)
    ticking = incident.due_ms is not None
    if incident.state in OPEN:
        return owned and ticking and incident.merged_into is None and not incident.closed_by
    if incident.state is _S.MERGED:
        return owned and not ticking and incident.merged_into is not None
    return owned and not ticking and bool(incident.closed_by) and incident.closed_by not in incident.done_by


def is_overdue(incident: Incident, now_ms: int) -> bool:
    """Whether its clock has run out."""
    return incident.due_ms is not None and now_ms >= incident.due_ms


def _at(incident: Incident, state: State, unit: str, at_ms: int) -> Incident:
    """At a unit, with a fresh clock: to be taken on there, or worked on."""
    limit = LIMITS[tier_of(state, unit), incident.urgency]
    span = limit.take_ms if state in (_S.REPORTED, _S.RETURNED) else limit.settle_ms
    return replace(incident, state=state, unit=unit, person="", due_ms=at_ms + span, late=False)


def _accept(incident: Incident, deed: Deed, _: Units) -> Outcome:
    return _at(incident, _S.FILED, incident.unit, deed.at_ms)


def _return(incident: Incident, deed: Deed, units: Units) -> Outcome:
    """To the unit that it came from, which has it on its books; from the first one to the terminal."""
    if incident.returns >= RETURNS_MAX:
        return No.RETURNED_TOO_OFTEN
    back = replace(incident, returns=incident.returns + 1)
    path = list(incident.path)
    while path:
        sender = path.pop()
        if units.exists(sender) and sender != incident.unit:
            return _at(replace(back, path=tuple(path)), _S.FILED, sender, deed.at_ms)
    return _at(replace(back, path=()), _S.RETURNED, incident.unit, deed.at_ms)


def _resubmit(incident: Incident, deed: Deed, units: Units) -> Outcome:
    return _at(incident, _S.REPORTED, units.nearest(incident.unit), deed.at_ms)


def _withdraw(incident: Incident, deed: Deed, units: Units) -> Outcome:
    unit = units.nearest(incident.unit)
    return _at(_by(incident, deed.actor), _S.CHECKING, unit, deed.at_ms)


def _dispatch(incident: Incident, deed: Deed, _: Units) -> Outcome:
    """Somebody is sent; the level's clock goes on."""
    person = deed.person.strip()
    if not person:
        return No.NO_PERSON
    sent = _by(incident, deed.person_actor) if deed.person_actor else incident
    return replace(sent, state=_S.DISPATCHED, person=person)


def _begin(incident: Incident, deed: Deed, _: Units) -> Outcome:
    return replace(_by(incident, deed.actor), state=_S.HANDLING)


def _finish(incident: Incident, deed: Deed, _: Units) -> Outcome:
    return replace(_by(incident, deed.actor), state=_S.CHECKING)


def _decline(incident: Incident, _deed: Deed, _units: Units) -> Outcome:
    """Who was sent sends it back to the unit; the clock goes on."""
    return replace(incident, state=_S.FILED, person="")


def _reject(incident: Incident, _deed: Deed, _units: Units) -> Outcome:
    return replace(incident, state=_S.HANDLING)


def _close(incident: Incident, deed: Deed, _: Units) -> Outcome:
    if deed.actor in incident.done_by:
        return No.SAME_PERSON
    return replace(incident, state=_S.CLOSED, closed_by=deed.actor, due_ms=None)


def _hand_over(incident: Incident, deed: Deed, units: Units) -> Outcome:
    try:
        level = division.level_of(deed.unit)
    except ValueError:
        return No.NO_SUCH_UNIT
    if not units.exists(deed.unit):
        return No.NO_SUCH_UNIT
    if deed.unit == incident.unit or level is not division.level_of(incident.unit):
        return No.NOT_SIDEWAYS
    return _at(_left(incident), _S.REPORTED, deed.unit, deed.at_ms)


def _escalate(incident: Incident, deed: Deed, units: Units) -> Outcome:
    above = units.above(incident.unit)
    if above is None:
        return No.NOBODY_ABOVE
    return _at(_left(incident), _moved(incident.state), above, deed.at_ms)


def _overdue(incident: Incident, deed: Deed, units: Units) -> Outcome:
    """Up a level; from the terminal to the community; at the top it stays, marked once, and its clock goes on."""
    if not is_overdue(incident, deed.at_ms):
        return No.NOT_NOW
    late = replace(incident, overdue=incident.overdue + 1)
    if incident.state is _S.RETURNED:
        return _at(late, _S.REPORTED, units.nearest(incident.unit), deed.at_ms)
    above = units.above(incident.unit)
    if above is None:
        return No.NOT_NOW if incident.late else replace(late, late=True)
    return _at(_left(late), _moved(incident.state), above, deed.at_ms)


def _unit_gone(incident: Incident, deed: Deed, units: Units) -> Outcome:
    if units.exists(incident.unit):
        return No.NOT_NOW
    return _at(_left(incident), _moved(incident.state), units.nearest(incident.unit), deed.at_ms)


def _merge(incident: Incident, deed: Deed, _: Units) -> Outcome:
    if deed.into is None or not deed.into_is_open:
        return No.NO_TARGET
    return replace(incident, state=_S.MERGED, merged_into=deed.into, due_ms=None)


def _reopen(incident: Incident, deed: Deed, units: Units) -> Outcome:
    """To the unit that had it last, on its books; who handled it before may not close it now either."""
    plain = replace(incident, closed_by="", merged_into=None, returns=0)
    return _at(plain, _S.FILED, units.nearest(incident.unit), deed.at_ms)


def _note(incident: Incident, _deed: Deed, _units: Units) -> Outcome:
    return incident


def _moved(state: State) -> State:
    """At another unit it has to be taken on; only what waits for its check goes on waiting for that."""
    return _S.CHECKING if state is _S.CHECKING else _S.REPORTED


def _left(incident: Incident) -> Incident:
    return replace(incident, path=(*incident.path, incident.unit)[-PATH_MAX_UNITS:])


def _by(incident: Incident, actor: str) -> Incident:
    known = incident.done_by
    return incident if not actor or actor in known else replace(incident, done_by=(*known, actor))


Step = Callable[[Incident, Deed, Units], Outcome]
Row: TypeAlias = tuple[Step, tuple[State, ...]]

_BACK = (_S.FILED, _S.RETURNED)
_WORKING = (_S.REPORTED, _S.FILED, _S.DISPATCHED, _S.HANDLING)

TABLE: dict[tuple[State, Action], Row] = {
    (_S.REPORTED, _A.ACCEPT): (_accept, (_S.FILED,)),
    (_S.REPORTED, _A.RETURN): (_return, _BACK),
    (_S.RETURNED, _A.RESUBMIT): (_resubmit, (_S.REPORTED,)),
    (_S.RETURNED, _A.WITHDRAW): (_withdraw, (_S.CHECKING,)),
    (_S.FILED, _A.DISPATCH): (_dispatch, (_S.DISPATCHED,)),
    (_S.FILED, _A.RETURN): (_return, _BACK),
    (_S.DISPATCHED, _A.BEGIN): (_begin, (_S.HANDLING,)),
    (_S.DISPATCHED, _A.DISPATCH): (_dispatch, (_S.DISPATCHED,)),
    (_S.DISPATCHED, _A.RETURN): (_decline, (_S.FILED,)),
    (_S.HANDLING, _A.FINISH): (_finish, (_S.CHECKING,)),
    (_S.HANDLING, _A.DISPATCH): (_dispatch, (_S.DISPATCHED,)),
    (_S.HANDLING, _A.RETURN): (_decline, (_S.FILED,)),
    (_S.CHECKING, _A.CLOSE): (_close, (_S.CLOSED,)),
    (_S.CHECKING, _A.REJECT): (_reject, (_S.HANDLING,)),
    (_S.CHECKING, _A.ESCALATE): (_escalate, (_S.CHECKING,)),
    (_S.CHECKING, _A.OVERDUE): (_overdue, (_S.CHECKING,)),
    (_S.CHECKING, _A.UNIT_GONE): (_unit_gone, (_S.CHECKING,)),
    (_S.RETURNED, _A.OVERDUE): (_overdue, (_S.REPORTED,)),
    (_S.RETURNED, _A.MERGE): (_merge, (_S.MERGED,)),
    (_S.RETURNED, _A.UNIT_GONE): (_unit_gone, (_S.REPORTED,)),
    (_S.CLOSED, _A.REOPEN): (_reopen, (_S.FILED,)),
    (_S.MERGED, _A.REOPEN): (_reopen, (_S.FILED,)),
    **{(state, _A.NOTE): (_note, (state,)) for state in State},
    **{(state, _A.HAND_OVER): (_hand_over, (_S.REPORTED,)) for state in _WORKING},
    **{(state, _A.ESCALATE): (_escalate, (_S.REPORTED,)) for state in _WORKING},
    **{(state, _A.OVERDUE): (_overdue, (_S.REPORTED, state)) for state in _WORKING},
    **{(state, _A.UNIT_GONE): (_unit_gone, (_S.REPORTED,)) for state in _WORKING},
    **{(state, _A.MERGE): (_merge, (_S.MERGED,)) for state in _WORKING},
}
"""(state, what is done) -> (what becomes of it, the states that it may lead to)."""

NEEDS_REASON = frozenset(
    {
        _A.RETURN,
        _A.RESUBMIT,
        _A.WITHDRAW,
        _A.FINISH,
        _A.REJECT,
        _A.CLOSE,
        _A.HAND_OVER,
        _A.ESCALATE,
        _A.REOPEN,
        _A.NOTE,
    }
)
"""These are not done without a word: the reason, what was done, or the evidence."""
