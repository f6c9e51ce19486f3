"""What readers of the trail, and whoever answers a request, see of care, clinic, activities and Party: that there is
something. Pure.

Each of these fields belongs to those who work there (PIPL art. 28; services.roles). What was done there about somebody
stands on the trail, with who did it and when; to whom and what, the field's own pages tell its own people. What is kept
or was deleted of all fields is one number: apart, a single row of a table says that somebody is a member of the Party.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from server.services.audit import AuditView
from server.services.privacy.aims import Aim
from server.services.privacy.register import REGISTER
from server.services.roles import Permission, may
from server.services.work import Actor

FIELD_AIMS: Final = frozenset({Aim.CARE, Aim.NOT_SEEN, Aim.CLINIC, Aim.ACTIVITY, Aim.PARTY})
TOGETHER: Final = "fields"
"""Stands for all tables of the fields."""

DEEDS: Final[dict[str, Permission]] = {
    "activity.strike": Permission.ACTIVITIES_WORK,
    "care.": Permission.CARE_WORK,
    "clinic.": Permission.CLINIC_WORK,
    "party.": Permission.PARTY_WORK,
}
"""How an action of the trail begins that tells of somebody in a field -> whose it is."""

FORGOTTEN: Final = "privacy.forget"
COUNTED: Final = (FORGOTTEN, "privacy.export")
"""Actions whose lines say how many rows of which table."""
_ABOUT = ("holder", "activity")


def together(rows: Mapping[str, int]) -> dict[str, int]:
    """Table -> rows, those of the fields as one number, last."""
    apart = {name: count for name, count in rows.items() if name not in REGISTER or not _of_field(name)}
    rest = sum(rows.values()) - sum(apart.values())
    return apart | ({TOGETHER: rest} if rest else {})


def counted(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a line says of rows that were deleted or given out, without which field they were of."""
    if told.get("aim") in FIELD_AIMS:
        return {"rows": {TOGETHER: sum(told["rows"].values())}}
    return {**told, "rows": together(told["rows"])}


def hidden_from(reader: Actor) -> tuple[str, ...]:
    """How the actions begin of which somebody does not see about whom they are."""
    return tuple(start for start, needs in DEEDS.items() if not may(reader, needs))


def shown(line: AuditView, reader: Actor) -> AuditView:
    """A line as somebody sees it."""
    kind = line.subject.partition(":")[0]
    if line.action.startswith(hidden_from(reader)) and kind in _ABOUT:
        return line.model_copy(update={"subject": kind, "before": "{}", "after": "{}", "why": "", "veiled": True})
    if line.action in COUNTED:
        return line.model_copy(update={"after": json.dumps(counted(json.loads(line.after)))})
    return line


def _of_field(table: str) -> bool:
    return REGISTER[table].aim in FIELD_AIMS
