"""Members of the Party: entered, changed, transferred out. Known to the role that works with it, and to nobody else.

Membership is no tag of a person: tags are read by everybody who looks people up. Nothing here names a person in the
audit trail, which others read.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlmodel import Session, col, select

from card_protocol.profiles.membership import Standing
from server.services import audit
from server.services.cards import card_log
from server.services.people import holders
from server.services.problems import not_found
from server.services.work import Work
from server.tables import HolderRow, PartyMemberRow

MEMBERS_MAX = 5000
SUBJECT = "party"

Branch = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^\P{Cc}*$")]


class Ending(StrEnum):
    """Why somebody is no member here any more. A closed list: the trail keeps it, and who reads the trail may not learn
    who is a member, as words of somebody's own would tell."""

    MOVED = "moved to another branch"
    LEFT = "no longer in the Party"
    DIED = "has died"
    MISTAKE = "entered by mistake"


class MemberIn(BaseModel):
    """A member as somebody enters them."""

    model_config = ConfigDict(extra="forbid")

    standing: Standing
    branch: Branch
    since: date


class MemberView(MemberIn):
    """One line of the list."""

    holder_id: str
    name: str
    house: str


def put(work: Work, holder_id: str, member: MemberIn) -> MemberView:
    """Enter somebody, or correct what is known. Problem NOT_FOUND."""
    person = holders.row_of(work.session, holder_id)
    row = work.session.get(PartyMemberRow, holder_id) or PartyMemberRow(
        holder_id=holder_id, standing="", branch="", since="", entered_by="", changed_ms=0
    )
    row.sqlmodel_update(member.model_dump(mode="json"))
    row.entered_by, row.changed_ms = work.actor.name, work.now_ms
    work.session.add(row)
    work.session.flush()
    card_log.may_be_renewed(work, holder_id)
    audit.record(work, "party.member", SUBJECT)
    return _view(row, person)


def remove(work: Work, holder_id: str, because: Ending | None = None) -> None:
    """Somebody is no member here any more; a program may leave out why. Problem NOT_FOUND."""
    row = work.session.get(PartyMemberRow, holder_id)
    if row is None:
        raise not_found("member", holder_id)
    work.session.delete(row)
    work.session.flush()
    card_log.may_be_renewed(work, holder_id)
    audit.record(work, "party.end", SUBJECT, why=because.value if because else "")


def get(session: Session, holder_id: str) -> MemberView:
    """One member; Problem NOT_FOUND."""
    row = session.get(PartyMemberRow, holder_id)
    if row is None:
        raise not_found("member", holder_id)
    return _view(row, holders.row_of(session, holder_id))


def listing(session: Session, branch: str = "") -> list[MemberView]:
    """All members by branch and name, or those of a branch."""
    statement = select(PartyMemberRow, HolderRow).join(HolderRow, col(HolderRow.id) == col(PartyMemberRow.holder_id))
    if branch:
        statement = statement.where(PartyMemberRow.branch == branch)
    ordered = statement.order_by(col(PartyMemberRow.branch), col(HolderRow.name), col(HolderRow.id))
    return [_view(row, person) for row, person in session.exec(ordered.limit(MEMBERS_MAX))]


def branches(session: Session) -> list[str]:
    """The branches that have members."""
    return sorted(set(session.exec(select(PartyMemberRow.branch))))


def standing_of(session: Session, holder_id: str | None) -> Standing | None:
    """How somebody stands to the Party: for the card, and for a list of voters."""
    row = session.get(PartyMemberRow, holder_id) if holder_id else None
    return Standing(row.standing) if row is not None else None


def _view(row: PartyMemberRow, person: HolderRow) -> MemberView:
    return MemberView(
        holder_id=person.id,
        name=person.name,
        house=person.house or "",
        standing=Standing(row.standing),
        branch=row.branch,
        since=date.fromisoformat(row.since),
    )
