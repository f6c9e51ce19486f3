"""Who is to come to the clinic again, and when: a kind and a day, and nothing of why."""

from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select

from server.services import audit
from server.services.people import consents, holders
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import ClinicRecallRow, HolderRow

LIST_MAX = 1000


class RecallKind(StrEnum):
    """What somebody is to come for: so general that it says nothing of an illness."""

    FOLLOW_UP = "follow_up"
    CHECK_UP = "check_up"
    VACCINATION = "vaccination"
    MEASURING = "measuring"


class RecallIn(BaseModel):
    """Come again on a day; `every_days`: and again so many days after having come."""

    model_config = ConfigDict(extra="forbid")

    holder_id: str = Field(max_length=26)
    kind: RecallKind
    due: date
    every_days: int | None = Field(default=None, ge=1, le=3660)


class RecallView(RecallIn):
    """One line of the list."""

    id: str
    name: str
    house: str
    phone_tail: str
    overdue: bool


def add(work: Work, wanted: RecallIn) -> str:
    """Enter somebody; its id. Problem NOT_FOUND, WRONG_STATE (no consent to the clinic's record)."""
    holders.row_of(work.session, wanted.holder_id)
    if not consents.is_given(work.session, wanted.holder_id, Purpose.CLINIC):
        raise Problem(Code.WRONG_STATE, "The person has not consented to the clinic's record.")
    row = ClinicRecallRow(
        id=work.new_id(),
        holder_id=wanted.holder_id,
        kind=wanted.kind.value,
        due=wanted.due.isoformat(),
        every_days=wanted.every_days,
        entered_by=work.actor.name,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "clinic.recall", f"holder:{wanted.holder_id}", after={"due": row.due})
    work.tell("clinic", {})
    return row.id


def came(work: Work, recall_id: str, today: date) -> None:
    """They have come; whoever is to come regularly is on the list again. Problem NOT_FOUND, WRONG_STATE."""
    row = work.session.get(ClinicRecallRow, recall_id, with_for_update=True)
    if row is None:
        raise not_found("recall", recall_id)
    if row.done is not None:
        raise Problem(Code.WRONG_STATE, f"Done on {row.done}.")
    row.done = today.isoformat()
    work.session.add(row)
    if row.every_days is not None:
        again = ClinicRecallRow(
            id=work.new_id(),
            holder_id=row.holder_id,
            kind=row.kind,
            due=(today + timedelta(days=row.every_days)).isoformat(),
            every_days=row.every_days,
            entered_by=work.actor.name,
        )
        work.session.add(again)
    work.session.flush()
    audit.record(work, "clinic.came", f"holder:{row.holder_id}", after={"due": row.due})
    work.tell("clinic", {})


def due(session: Session, today: date, *, within_days: int | None = 14) -> list[RecallView]:
    """Who is due up to a day, the longest overdue first; of those alone whose consent stands. None: later ones too."""
    open_ = select(ClinicRecallRow, HolderRow).where(
        ClinicRecallRow.holder_id == HolderRow.id, col(ClinicRecallRow.done).is_(None)
    )
    if within_days is not None:
        open_ = open_.where(ClinicRecallRow.due <= (today + timedelta(days=within_days)).isoformat())
    rows = session.exec(open_.order_by(col(ClinicRecallRow.due), col(ClinicRecallRow.id)).limit(LIST_MAX)).all()
    shown = consents.who_gave(session, {person.id for _, person in rows}, Purpose.CLINIC)
    return [_view(row, person, today) for row, person in rows if person.id in shown]


def of_holders(session: Session, today: date, holder_ids: set[str]) -> dict[str, list[RecallView]]:
    """What is due of people who are here."""
    found: dict[str, list[RecallView]] = {}
    for one in due(session, today):
        if one.holder_id in holder_ids:
            found.setdefault(one.holder_id, []).append(one)
    return found


def _view(row: ClinicRecallRow, person: HolderRow, today: date) -> RecallView:
    return RecallView(
        id=row.id,
        holder_id=row.holder_id,
        kind=RecallKind(row.kind),
        due=date.fromisoformat(row.due),
        every_days=row.every_days,
        name=person.name,
        house=person.house or "",
        phone_tail=person.phone_tail or "",
        overdue=row.due < today.isoformat(),
    )
