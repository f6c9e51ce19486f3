"""Households: whoever enters a person's house says with whom they live. They follow the houses of the people.

A person belongs to the household of their house when the house is in the list, and to none otherwise. A household
begins with its first member and ends with its last; those that ended stay as history.
"""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from server.services import audit
from server.services.people import listed
from server.services.people.cells import house_code
from server.services.problems import not_found
from server.services.work import Work
from server.tables import HolderRow, HouseholdMemberRow, HouseholdRow, Row

_HOUSEHOLDS, _MEMBERS = (Row.metadata.tables[name] for name in ("household", "household_member"))
ASKED_AT_ONCE = 500
PAST_HOUSEHOLDS = 20


class Relation(StrEnum):
    """What somebody is in a household."""

    UNKNOWN = ""
    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    RELATIVE = "relative"
    OTHER = "other"


class Tenure(StrEnum):
    """By what right a household lives in its house."""

    UNKNOWN = ""
    OWNER = "owner"
    TENANT = "tenant"


class MemberView(BaseModel):
    """Somebody in a household."""

    holder_id: str
    name: str
    relation: Relation
    from_ms: int
    to_ms: int | None


class HouseholdView(BaseModel):
    """A household with its people, the head first."""

    id: str
    house_id: str
    tenure: Tenure
    since_ms: int
    ended_ms: int | None
    members: list[MemberView]


def settle(work: Work, people: Iterable[HolderRow]) -> None:
    """Put people into the households of their houses, and out of those where they live no more."""
    rows = list(people)
    for start in range(0, len(rows), ASKED_AT_ONCE):
        _settle(work, rows[start : start + ASKED_AT_ONCE])


def of_house(session: Session, house_id: str) -> list[HouseholdView]:
    """The households of a house, the present one first."""
    mine = select(HouseholdRow).where(HouseholdRow.house_id == house_id)
    rows = session.exec(mine.order_by(col(HouseholdRow.since_ms).desc()).limit(PAST_HOUSEHOLDS))
    views = [_view(session, row) for row in rows]
    return sorted(views, key=lambda view: view.ended_ms is not None)


def of_person(session: Session, holder_id: str) -> HouseholdView | None:
    """The household that somebody is in now."""
    mine = (HouseholdMemberRow.holder_id == holder_id, col(HouseholdMemberRow.to_ms).is_(None))
    member = session.exec(select(HouseholdMemberRow).where(*mine)).first()
    row = session.get(HouseholdRow, member.household_id) if member else None
    return _view(session, row) if row is not None else None


def describe(work: Work, household_id: str, tenure: Tenure, relations: dict[str, Relation]) -> HouseholdView:
    """Say by what right they live there, and what each is to the others; Problem NOT_FOUND."""
    row = work.session.get(HouseholdRow, household_id)
    if row is None:
        raise not_found("household", household_id)
    before = _view(work.session, row).model_dump(mode="json", include={"tenure", "members"})
    row.tenure = tenure.value
    work.session.add(row)
    for member in _members(work.session, HouseholdMemberRow.household_id == household_id):  # type: ignore[arg-type]
        if member.holder_id in relations:
            member.relation = relations[member.holder_id].value
            work.session.add(member)
    work.session.flush()
    view = _view(work.session, row)
    after = view.model_dump(mode="json", include={"tenure", "members"})
    audit.record(work, "household.set", f"household:{household_id}", before=before, after=after)
    return view


def _settle(work: Work, rows: list[HolderRow]) -> None:
    session = work.session
    if not rows:
        return
    wanted = _wanted(session, rows)
    ids = [row.id for row in rows]
    staying = _members(session, col(HouseholdMemberRow.holder_id).in_(ids), col(HouseholdMemberRow.to_ms).is_(None))
    home = dict(session.exec(select(HouseholdRow.id, HouseholdRow.house_id).where(
        col(HouseholdRow.id).in_({member.household_id for member in staying}))).all())  # fmt: skip
    settled, left = set(), set()
    for member in staying:
        if home[member.household_id] == wanted.get(member.holder_id):
            settled.add(member.holder_id)
        else:
            member.to_ms = work.now_ms
            left.add(member.household_id)
            session.add(member)
    coming = {holder: house for holder, house in wanted.items() if holder not in settled}
    present = _present(work, set(coming.values()))
    past = col(HouseholdMemberRow.household_id).in_(set(present.values()))
    again = {
        (m.household_id, m.holder_id): m for m in _members(session, past, col(HouseholdMemberRow.holder_id).in_(ids))
    }
    fresh = []
    for holder, house in coming.items():
        known = again.get((present[house], holder))
        if known is None:
            fresh.append({"household_id": present[house], "holder_id": holder, "from_ms": work.now_ms, "relation": ""})
        else:  # back again in the same household
            known.to_ms = None
            session.add(known)
    session.flush()
    if fresh:
        session.connection().execute(_MEMBERS.insert(), fresh)
    _end_empty(work, left)


def _wanted(session: Session, rows: list[HolderRow]) -> dict[str, str]:
    """Person -> the house (id) they live in, of those that are in the list."""
    code = {row.id: str(house_code(row.house)) for row in rows}
    known = listed.of_codes(session, rows[0].org, code.values())
    return {holder: known[at].id for holder, at in code.items() if at in known}


def _present(work: Work, house_ids: set[str]) -> dict[str, str]:
    """House -> its present household, begun where there is none."""
    mine = (col(HouseholdRow.house_id).in_(house_ids), col(HouseholdRow.ended_ms).is_(None))
    found = {row.house_id: row.id for row in work.session.exec(select(HouseholdRow).where(*mine))}
    begun = {house: work.new_id() for house in sorted(house_ids - set(found))}
    if begun:
        rows = [{"id": one, "house_id": at, "since_ms": work.now_ms, "tenure": ""} for at, one in begun.items()]
        work.session.connection().execute(_HOUSEHOLDS.insert(), rows)
    return found | begun


def _end_empty(work: Work, left: set[str]) -> None:
    mine = (col(HouseholdMemberRow.household_id).in_(left), col(HouseholdMemberRow.to_ms).is_(None))
    lived_in = {member.household_id for member in _members(work.session, *mine)}
    for household_id in left - lived_in:
        row = work.session.get_one(HouseholdRow, household_id)
        row.ended_ms = work.now_ms
        work.session.add(row)
    work.session.flush()


def _members(session: Session, *which: ColumnElement[bool]) -> list[HouseholdMemberRow]:
    return list(session.exec(select(HouseholdMemberRow).where(*which)))


def _view(session: Session, row: HouseholdRow) -> HouseholdView:
    joined = (
        select(HouseholdMemberRow, HolderRow.name)
        .join(HolderRow, col(HolderRow.id) == col(HouseholdMemberRow.holder_id))
        .where(HouseholdMemberRow.household_id == row.id)
        .order_by(col(HouseholdMemberRow.from_ms), col(HolderRow.name))
    )
    members = [MemberView(**member.model_dump(), name=name) for member, name in session.exec(joined)]
    members.sort(key=lambda one: (one.to_ms is not None, one.relation is not Relation.HEAD))
    return HouseholdView(**row.model_dump(), members=members)
