"""Incidents between rows, the pure value and what a screen shows; and who looks at them."""

from collections.abc import Iterable
from typing import Protocol

from pydantic import BaseModel
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.services.incidents.incident_life import UNITS_ABOVE, Incident, Units
from server.services.incidents.incident_rights import SPEAKERS, Viewer, is_veiled
from server.services.incidents.incident_words import Action, Matter, State, Tier, Urgency, tier_of
from server.services.roles import ALLOWED, Permission, Role
from server.services.work import Actor
from server.tables import HolderRow, IncidentPhotoRow, IncidentRow, IncidentStepRow, OrgUnitRow, UserRow

OF_ITS_LIFE = (
    "unit",
    "due_ms",
    "person",
    "reported_by",
    "closed_by",
    "merged_into",
    "returns",
    "overdue",
    "late",
    "turn",
)


class IncidentView(BaseModel):
    """An incident for screens; of a veiled one the words are empty and nobody is named."""

    number: int
    matter: Matter
    title: str
    text: str
    point: str | None
    house: str
    holder_id: str | None
    urgency: Urgency
    state: State
    tier: Tier
    unit: str
    person: str
    due_ms: int | None
    overdue: int
    reported_by: str
    reported_ms: int
    changed_ms: int
    closed_by: str
    merged_into: int | None
    turn: int
    veiled: bool = False


class StepView(BaseModel):
    """One line of the history."""

    turn: int
    at_ms: int
    actor: str
    action: Action | None
    """None for the report that began it."""
    state: State
    unit: str
    person: str
    due_ms: int | None
    why: str


def incident_of(row: IncidentRow) -> Incident:
    """Row -> the value that has a life."""
    return Incident(
        state=State(row.state),
        urgency=Urgency(row.urgency),
        path=tuple(row.path),
        done_by=tuple(row.done_by),
        **row.model_dump(include=set(OF_ITS_LIFE)),
    )


def write(row: IncidentRow, after: Incident, now_ms: int) -> None:
    """The value -> its row."""
    for name in OF_ITS_LIFE:
        setattr(row, name, getattr(after, name))
    row.state, row.urgency = after.state.value, after.urgency.value
    row.path, row.done_by, row.changed_ms = list(after.path), list(after.done_by), now_ms


def view_of(row: IncidentRow, viewer: Viewer) -> IncidentView | None:
    """What a viewer sees of it; None when it does not exist for them."""
    veiled = is_veiled(viewer, Matter(row.matter), row.unit)
    if veiled is None:
        return None
    known = row.model_dump(include=set(IncidentView.model_fields))
    view = IncidentView(**known, tier=tier_of(State(row.state), row.unit))
    empty = {"title": "", "text": "", "point": None, "house": "", "holder_id": None, "person": "", "veiled": True}
    return view.model_copy(update=empty) if veiled else view


def steps_of(session: Session, number: int, *, veiled: bool) -> list[StepView]:
    """The history from its first day; without words for who sees it veiled."""
    rows = session.exec(
        select(IncidentStepRow).where(IncidentStepRow.number == number).order_by(col(IncidentStepRow.turn))
    )
    return [_step(row, veiled) for row in rows]


def _step(row: IncidentStepRow, veiled: bool) -> StepView:
    known = row.model_dump(include=set(StepView.model_fields)) | {"action": row.action or None}
    return StepView.model_validate(known | ({"why": "", "person": ""} if veiled else {}))


def photos_of(session: Session, number: int) -> list[int]:
    """The steps that came with a picture."""
    mine = select(IncidentPhotoRow.turn).where(IncidentPhotoRow.number == number)
    return list(session.exec(mine.order_by(col(IncidentPhotoRow.turn))))


def units_of(session: Session, home: str) -> Units:
    """The org tree as an incident sees it."""
    alive = session.exec(select(OrgUnitRow.code).where(col(OrgUnitRow.ended_ms).is_(None)))
    return Units(home, frozenset(alive))


def unit_names(session: Session) -> dict[str, tuple[str, str]]:
    """Code -> (Chinese, English) of every unit that was ever there."""
    return {row.code: (row.name_zh, row.name_en) for row in session.exec(select(OrgUnitRow))}


def viewer_of(session: Session, actor: Actor, home: str) -> Viewer:
    """Who looks: a user of their unit; a program of the community."""
    user = session.get(UserRow, actor.user_id) if actor.user_id else None
    role = Role(actor.role) if actor.role in set(Role) else Role.DESK
    unit = user.org if user is not None else actor.unit or home
    return Viewer(actor.name, role, unit, _empty_units(session, home) if role in SPEAKERS else frozenset())


class About(Protocol):
    """What may be about somebody."""

    @property
    def holder_id(self) -> str | None:
        """Whom."""
        ...


def names_of(session: Session, about: Iterable[About]) -> dict[str, str]:
    """Person -> name, of everybody whom these are about; who was forgotten since is not in it.

    The words of an incident name nobody by themselves: a name is read from its person each time, and goes with them.
    """
    wanted = {one.holder_id for one in about if one.holder_id}
    rows = session.exec(select(HolderRow.id, HolderRow.name).where(col(HolderRow.id).in_(wanted))) if wanted else ()
    return {str(holder_id): name for holder_id, name in rows}


def people_of(session: Session, unit: str) -> list[str]:
    """Users who handle incidents for a unit, by name."""
    rows = session.exec(_handlers().where(UserRow.org == unit).order_by(col(UserRow.name)))
    return [row.name for row in rows]


def _empty_units(session: Session, home: str) -> frozenset[str]:
    """Units that have nobody here who would handle an incident: whoever it is that speaks for them, not their users."""
    staffed = {row.org for row in session.exec(_handlers().where(UserRow.org != home))}
    levels = [level.value for level in UNITS_ABOVE]
    return frozenset(session.exec(select(OrgUnitRow.code).where(col(OrgUnitRow.level).in_(levels)))) - staffed


def _handlers() -> SelectOfScalar[UserRow]:
    roles = [role.value for role in Role if Permission.INCIDENTS_HANDLE in ALLOWED[role]]
    return select(UserRow).where(col(UserRow.role).in_(roles), col(UserRow.disabled).is_(False))
