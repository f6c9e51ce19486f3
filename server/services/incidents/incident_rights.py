"""Who reads an incident, and what they may do with it now. Pure.

An incident is acted on by its unit. A unit that has nobody on this server (the street works with paper, or with a
platform of its own) is spoken for by the community: its administrator, and in matters of care its care workers, who
write down what the unit said.
"""

from dataclasses import dataclass

from server.services.incidents.incident_life import NEEDS_REASON, RETURNS_MAX, TABLE, Incident
from server.services.incidents.incident_words import BY_ITSELF, IN_FULL, VEILED, Action, Matter, State
from server.services.roles import Permission, Role, may
from server.services.work import Actor

SPEAKERS = frozenset({Role.ADMIN, Role.CARE})
FROM_ANYWHERE = frozenset({Action.NOTE})
"""Whoever reads it may add what they know."""

ORDER = (
    Action.ACCEPT,
    Action.RESUBMIT,
    Action.DISPATCH,
    Action.BEGIN,
    Action.FINISH,
    Action.CLOSE,
    Action.REJECT,
    Action.WITHDRAW,
    Action.NOTE,
    Action.ESCALATE,
    Action.HAND_OVER,
    Action.RETURN,
    Action.MERGE,
    Action.REOPEN,
)
"""The usual next step first."""

assert set(ORDER) == set(Action) - BY_ITSELF


@dataclass(frozen=True)
class Viewer:
    """Who looks."""

    actor: str
    role: Role
    unit: str
    speaks_for: frozenset[str] = frozenset()
    """Units that have nobody here."""

    @property
    def handles(self) -> bool:
        """Whether the role has to do with incidents at all."""
        return may(Actor(self.actor, self.role.value), Permission.INCIDENTS_HANDLE)


def is_veiled(viewer: Viewer, matter: Matter, unit: str) -> bool | None:
    """False: read in full; True: seen veiled; None: not seen."""
    if matter in IN_FULL.get(viewer.role, frozenset()):
        return False
    if viewer.role is Role.OFFICIAL and unit == viewer.unit:
        return False
    return True if matter in VEILED.get(viewer.role, frozenset()) else None


def speaks(viewer: Viewer, unit: str) -> bool:
    """Whether the viewer acts for a unit."""
    if viewer.role is Role.SYSTEM:
        return True
    return unit == viewer.unit or (viewer.role in SPEAKERS and unit in viewer.speaks_for)


def may_do(viewer: Viewer, incident: Incident, matter: Matter, action: Action) -> bool:
    """Whether it is theirs to do; whether it is possible now, the table says."""
    if action in BY_ITSELF:
        return viewer.role is Role.SYSTEM
    if is_veiled(viewer, matter, incident.unit) is not False:
        return False
    if action in FROM_ANYWHERE:
        return True
    if incident.state is State.RETURNED and viewer.actor == incident.reported_by:
        return True
    return viewer.handles and speaks(viewer, incident.unit)


def open_actions(viewer: Viewer, incident: Incident, matter: Matter, has_above: bool) -> list[Action]:
    """What the viewer may do now, the usual next step first."""
    found = [action for action in ORDER if (incident.state, action) in TABLE]
    found = [action for action in found if may_do(viewer, incident, matter, action)]
    if viewer.actor in incident.done_by and Action.CLOSE in found:
        found.remove(Action.CLOSE)
    if not has_above and Action.ESCALATE in found:
        found.remove(Action.ESCALATE)
    if incident.returns >= RETURNS_MAX and incident.state in (State.REPORTED, State.FILED) and Action.RETURN in found:
        found.remove(Action.RETURN)
    return found


def asks_why(action: Action) -> bool:
    """Whether it is not done without a word."""
    return action in NEEDS_REASON
