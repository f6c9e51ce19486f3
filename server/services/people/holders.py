"""Holders: the people who may hold a card."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, select

from card_protocol.words.ids import PSEUDONYM_BYTES
from server.services import audit
from server.services.paging import PAGE_DEFAULT_ITEMS, Page
from server.services.people import finding, households, listed
from server.services.people.cells import TAG_MAX_CHARS, TAGS_MAX, house_kept
from server.services.problems import Code, Problem, not_found
from server.services.units.org import require_community
from server.services.work import Work
from server.tables import HolderRow

ALIKE_MAX, NAMED_MAX = 5, 100

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^\P{Cc}*$")]


class HolderKind(StrEnum):
    """Why somebody has a card here."""

    RESIDENT = "resident"
    WORKER = "worker"
    VISITOR = "visitor"


class HolderIn(BaseModel):
    """A person as somebody enters them."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Text, StringConstraints(min_length=1)]
    house: Annotated[Text, AfterValidator(house_kept)] = ""
    """3幢1单元502室 is kept as 3-1-502, as the list of houses has it: so people and houses find each other."""
    phone_tail: str = Field(default="", pattern=r"^(\d{4})?$")
    """The last four digits: enough to tell two people apart at the desk."""
    kind: HolderKind = HolderKind.RESIDENT
    tags: list[Annotated[Text, StringConstraints(min_length=1, max_length=TAG_MAX_CHARS)]] = Field(
        default=[], max_length=TAGS_MAX
    )
    """What the community has to know of them, such as 独居; people are found by it."""


class HolderView(HolderIn):
    """A person as they stand."""

    id: str
    pseudonym: str
    org: str
    created_ms: int
    changed_ms: int
    id_known: bool
    """An identity number was given once; only a mark of it is kept."""
    moved_ms: int | None = None
    """When they moved out; None for whoever has not, or has moved back in."""


def add(work: Work, org: str, holder: HolderIn) -> HolderView:
    """Enter a person of a community; Problem INVALID. The pseudonym is random: it says nothing about them."""
    require_community(work.session, org)
    _require_listed(work.session, org, holder)
    row = HolderRow(
        id=work.new_id(),
        pseudonym=work.entropy(PSEUDONYM_BYTES).hex().upper(),
        org=org,
        created_ms=work.now_ms,
        changed_ms=work.now_ms,
        **holder.model_dump(mode="json"),
    )
    work.session.add(row)
    work.session.flush()
    finding.index(work.session, row)
    households.settle(work, [row])
    audit.record(work, "holder.add", f"holder:{row.id}", after=holder.model_dump(mode="json"))
    return view_of(row)


def change(work: Work, holder_id: str, holder: HolderIn) -> HolderView:
    """Correct what is known of a person; Problem NOT_FOUND, INVALID."""
    row = row_of(work.session, holder_id)
    if holder.house != row.house:
        _require_listed(work.session, row.org, holder)
    before = HolderIn.model_validate(row.model_dump(include=set(HolderIn.model_fields))).model_dump(mode="json")
    after = holder.model_dump(mode="json")
    for name, value in after.items():
        setattr(row, name, value)
    row.changed_ms = work.now_ms
    if row.house or holder.kind is not HolderKind.RESIDENT:
        row.moved_ms = None  # back again, or here for something else
    work.session.add(row)
    finding.index(work.session, row)
    households.settle(work, [row])
    audit.record(work, "holder.change", f"holder:{row.id}", before=before, after=after)
    return view_of(row)


def named(session: Session, name: str) -> list[str]:
    """The ids of those who are called exactly so, at most NAMED_MAX."""
    return list(session.exec(select(HolderRow.id).where(HolderRow.name == name).limit(NAMED_MAX)))


def alike(session: Session, org: str, holder: HolderIn) -> list[HolderView]:
    """Who has this name, house and telephone already, at most ALIKE_MAX: probably the same person."""
    same = (HolderRow.name == holder.name, HolderRow.house == holder.house, HolderRow.phone_tail == holder.phone_tail)
    found = select(HolderRow).where(HolderRow.org == org, *same).order_by(col(HolderRow.id)).limit(ALIKE_MAX)
    return [view_of(row) for row in session.exec(found)]


def _require_listed(session: Session, org: str, holder: HolderIn) -> None:
    """As of the lines of a list of people: a worker's place need be no flat, and who has no house lives in none."""
    if holder.kind is not HolderKind.RESIDENT or not holder.house:
        return
    if not listed.of_codes(session, org, [holder.house]) and listed.is_listed(session, org):
        raise Problem(
            Code.INVALID, f"{holder.house} is not in the list of houses.", fields={"house": "not in the list"}
        )


def get(session: Session, holder_id: str) -> HolderView:
    """One person; Problem NOT_FOUND."""
    return view_of(row_of(session, holder_id))


def row_of(session: Session, holder_id: str) -> HolderRow:
    """The row of a person; Problem NOT_FOUND."""
    row = session.get(HolderRow, holder_id)
    if row is None:
        raise not_found("holder", holder_id)
    return row


def search(
    session: Session, text: str = "", *, after: str | None = None, limit: int = PAGE_DEFAULT_ITEMS
) -> Page[HolderView]:
    """People by name, sound of the name, house, telephone or card number (services.people.finding)."""
    found = finding.find(session, text, after=after, limit=limit)
    return Page(items=[view_of(row) for row in found.items], next=found.next)


def view_of(row: HolderRow) -> HolderView:
    """Row -> what a screen shows."""
    known = row.model_dump(include=set(HolderView.model_fields))
    moved_ms = None if row.house else row.moved_ms
    return HolderView.model_validate(known | {"id_known": row.id_mark is not None, "moved_ms": moved_ms})
