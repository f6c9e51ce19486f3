"""Whose whereabouts a role may see, and where (PIPL art. 28; design § 7: no role sees both gates and clinic).

Points have kinds. At a kind that a role sees in full, it sees who was there. At one that it sees veiled, it sees
that somebody was there and with what verdict, never who: enough to count and to mend, not to follow anybody. What
stands in neither set does not exist for it. Events of a gateway itself name nobody and are open to all readers.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from card_protocol.words.point import PointKind
from server.services.roles import Role
from server.services.work import Actor

SENSITIVE = frozenset({PointKind.CLINIC, PointKind.CARE, PointKind.HOME_VISIT, PointKind.ACTIVITY})
GATES = frozenset(PointKind) - SENSITIVE
NOWHERE: frozenset[PointKind] = frozenset()


class Sight(NamedTuple):
    """Kinds of points."""

    full: frozenset[PointKind]
    veiled: frozenset[PointKind]


EVERYTHING = Sight(frozenset(PointKind), NOWHERE)
NOTHING = Sight(NOWHERE, NOWHERE)

SIGHTS: dict[Role, Sight] = {
    Role.ADMIN: Sight(GATES, SENSITIVE),
    Role.GUARD: Sight(GATES, NOWHERE),
    Role.NURSE: Sight(frozenset({PointKind.CLINIC}), NOWHERE),
    Role.CARE: Sight(frozenset({PointKind.CARE, PointKind.HOME_VISIT}), NOWHERE),
    Role.AUDITOR: Sight(NOWHERE, frozenset(PointKind)),
    Role.INSTALLER: Sight(NOWHERE, frozenset(PointKind)),
    Role.SYSTEM: EVERYTHING,
}
"""Who is not in it sees nobody anywhere."""

WHO: Mapping[str, object] = {
    "card_id": None,
    "card_number": None,
    "uid": None,
    "holder_id": None,
    "name": None,
    "house": None,
    "watch": "",
    "pictured": False,
}
"""The fields of an event that say who."""

V = TypeVar("V", bound=BaseModel)


def of(actor: Actor) -> Sight:
    """What somebody sees."""
    return SIGHTS.get(Role(actor.role), NOTHING) if actor.role in set(Role) else NOTHING


def is_veiled(sight: Sight, point: str | None, kinds: Mapping[str, PointKind]) -> bool | None:
    """False: seen in full; True: seen veiled; None: not seen. A point that is gone: in full by the server alone."""
    if sight == EVERYTHING or point is None or kinds.get(point) in sight.full:
        return False
    return True if sight.veiled and (point not in kinds or kinds[point] in sight.veiled) else None


def veil(view: V) -> V:
    """The same without who it was."""
    fields = {name: empty for name, empty in WHO.items() if name in type(view).model_fields}
    return view.model_copy(update={**fields, "detail": {}, "veiled": True})
