"""/notices: to points' screens and to residents, from one moment to another; and who gets them by mail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from server.api.entry import Needs, Number, TheHouse
from server.services.notices import mails, notices, on_screens
from server.services.notices.mails import MailCount, ReaderIn
from server.services.notices.notices import NoticeIn, NoticeView
from server.services.notices.on_screens import Reach
from server.services.paging import PAGE_DEFAULT_ITEMS, PAGE_MAX_ITEMS, Page
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(prefix="/notices", tags=["notices"])

Writer = Annotated[Actor, Depends(Needs(Permission.NOTICES_WRITE))]


class WhyIn(BaseModel):
    """A reason."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NoticeFile(BaseModel):
    """One with where it has come to."""

    notice: NoticeView
    reach: list[Reach]
    mail: MailCount


@router.get("")
def listing(
    house: TheHouse,
    _actor: Writer,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX_ITEMS)] = PAGE_DEFAULT_ITEMS,
) -> Page[NoticeView]:
    """Newest first."""
    with house.transactions.read() as session:
        return notices.listing(session, house.transactions.clock(), after=after, limit=limit)


@router.post("", status_code=201)
def write(house: TheHouse, actor: Writer, given: NoticeIn) -> NoticeView:
    """Hang it up."""
    with house.transactions.work(actor) as work:
        return notices.write(work, given)


@router.post("/readers", status_code=204)
def add_reader(house: TheHouse, actor: Writer, reader: ReaderIn) -> None:
    """Somebody asks for notices by mail."""
    with house.transactions.work(actor) as work:
        mails.add_reader(work, reader)


@router.delete("/readers/{address}", status_code=204)
def remove_reader(house: TheHouse, actor: Writer, address: str) -> None:
    """They want no more."""
    with house.transactions.work(actor) as work:
        mails.remove_reader(work, address)


@router.get("/{number}")
def get(house: TheHouse, _actor: Writer, number: Number) -> NoticeFile:
    """One with where it has come to."""
    with house.transactions.read() as session:
        found = notices.get(session, number, house.transactions.clock())
        return NoticeFile(notice=found, reach=on_screens.reach(session, number), mail=mails.count(session, number))


@router.post("/{number}/withdraw")
def withdraw(house: TheHouse, actor: Writer, number: Number, given: WhyIn) -> NoticeView:
    """Take it down everywhere."""
    with house.transactions.work(actor) as work:
        return notices.withdraw(work, number, given.why)
