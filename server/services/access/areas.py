"""Areas with rules of their own, and who may do what is out of the ordinary. Each change wishes for a new policy."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, select

from card_protocol.policy.rules import FORGIVEN_AFTER_MS, PASSBACK_MAX_MS, Area, Passback, Privileges
from card_protocol.words.base import Title
from card_protocol.words.ids import Slug
from server.services import audit
from server.services.problems import not_found
from server.services.signals import Wish
from server.services.work import Work
from server.tables import AreaRow, PrivilegesRow
from server.tables.place import to_area, to_privileges

AREA_COUNTER = "area"

Name = Annotated[Title, Field(min_length=1)]


class AreaIn(BaseModel):
    """An area as somebody enters it: the server gives the number."""

    model_config = ConfigDict(extra="forbid")

    id: Slug
    name_zh: Name
    name_en: Name
    passback: Passback = Passback.OFF
    passback_ms: int = Field(default=FORGIVEN_AFTER_MS, ge=1, le=PASSBACK_MAX_MS)
    capacity: int | None = Field(default=None, ge=0, lt=2**31)


def set_area(work: Work, area: AreaIn) -> Area:
    """Add an area or change it. Points are in it by its name, whether or not it has rules."""
    row = work.session.get(AreaRow, area.id)
    before = to_area(row).model_dump(mode="json") if row else None
    values = area.model_dump(mode="json")
    row = AreaRow(**values, number=work.next_number(AREA_COUNTER)) if row is None else row.sqlmodel_update(values)
    work.session.add(row)
    word = to_area(row)
    _changed(work, "area.set", f"area:{area.id}", before, word.model_dump(mode="json"))
    return word


def remove_area(work: Work, area_id: str) -> None:
    """An area without rules of its own again; Problem NOT_FOUND."""
    row = work.session.get(AreaRow, area_id)
    if row is None:
        raise not_found("area", area_id)
    before = to_area(row).model_dump(mode="json")
    work.session.delete(row)
    _changed(work, "area.remove", f"area:{area_id}", before, None)


def all_of(session: Session) -> list[Area]:
    """All areas with rules, by name."""
    return [to_area(row) for row in session.exec(select(AreaRow).order_by(AreaRow.id))]


def area_of(session: Session, area_id: str) -> Area:
    """One area with rules; Problem NOT_FOUND."""
    row = session.get(AreaRow, area_id)
    if row is None:
        raise not_found("area", area_id)
    return to_area(row)


def set_privileges(work: Work, org: str, privileges: Privileges) -> Privileges:
    """Say anew which roles may be first, escort others, and enter in a lockdown."""
    row = work.session.get(PrivilegesRow, org)
    before = to_privileges(row).model_dump(mode="json") if row else None
    value = privileges.model_dump(mode="json")
    work.session.add(PrivilegesRow(org=org, value=value) if row is None else row.sqlmodel_update({"value": value}))
    _changed(work, "privileges.set", "privileges", before, value)
    return privileges


def privileges(session: Session, org: str) -> Privileges:
    """Who may do what is out of the ordinary."""
    return to_privileges(session.get(PrivilegesRow, org))


def _changed(
    work: Work, action: str, subject: str, before: dict[str, object] | None, after: dict[str, object] | None
) -> None:
    work.session.flush()
    audit.record(work, action, subject, before=before, after=after)
    work.wish(Wish.PUBLISH)
