"""/holders"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict

from card_protocol.words.ids import UlidText
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, Remark, TheHouse
from server.api.preconditions import ToldHere, tag
from server.services.cards.cards import CardView
from server.services.paging import Page
from server.services.people import holders, merging, moving_out
from server.services.people.holders import HolderIn, HolderView
from server.services.roles import Permission, require
from server.services.work import Actor

router = APIRouter(prefix="/holders", tags=["holders"])

Reader = Annotated[Actor, Depends(Needs(Permission.HOLDERS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.HOLDERS_WRITE))]
Text = Annotated[str, Query(max_length=100, description="part of a name or house, or the end of a telephone number")]


@router.get("")
def search(
    house: TheHouse, _actor: Reader, q: Text = "", after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[HolderView]:
    """People, newest first."""
    with house.transactions.read() as session:
        return holders.search(session, q, after=after, limit=limit)


@router.post("", status_code=201)
def add(house: TheHouse, actor: Writer, holder: HolderIn) -> HolderView:
    """Enter a person."""
    with house.transactions.work(actor) as work:
        return holders.add(work, house.community, holder)


@router.get("/{holder_id}")
def get(house: TheHouse, _actor: Reader, holder_id: Id, response: Response) -> HolderView:
    """One person."""
    with house.transactions.read() as session:
        return tag(response, holders.get(session, holder_id))


@router.put("/{holder_id}")
def change(house: TheHouse, actor: Writer, holder_id: Id, holder: HolderIn, told: ToldHere) -> HolderView:
    """Correct what is known of a person."""
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            f"holder:{holder_id}",
            lambda: holders.get(work.session, holder_id),
            lambda: holders.change(work, holder_id, holder),
        )


class Why(BaseModel):
    """Why, for the trail."""

    model_config = ConfigDict(extra="forbid")

    why: Remark


class MergeIn(Why):
    """The entry that goes."""

    other: UlidText


@router.post("/{holder_id}/leave")
def leave(house: TheHouse, actor: Writer, holder_id: Id, told: Why) -> list[CardView]:
    """The person has moved out: every card ends at once. The cards that ended."""
    require(actor, Permission.CARDS_REVOKE)
    with house.transactions.work(actor) as work:
        return moving_out.move_out(work, holder_id, why=told.why)


@router.post("/{holder_id}/merge")
def merge(house: TheHouse, actor: Writer, holder_id: Id, told: MergeIn) -> HolderView:
    """Two entries are one person: `other` goes, its cards and past come along."""
    require(actor, Permission.CARDS_REVOKE)
    with house.transactions.work(actor) as work:
        return merging.merge(work, holder_id, told.other, why=told.why)
