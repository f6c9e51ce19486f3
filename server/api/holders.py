"""/holders"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, TheHouse
from server.services import holders
from server.services.holders import HolderIn, HolderView
from server.services.paging import Page
from server.services.roles import Permission
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
def get(house: TheHouse, _actor: Reader, holder_id: Id) -> HolderView:
    """One person."""
    with house.transactions.read() as session:
        return holders.get(session, holder_id)


@router.put("/{holder_id}")
def change(house: TheHouse, actor: Writer, holder_id: Id, holder: HolderIn) -> HolderView:
    """Correct what is known of a person."""
    with house.transactions.work(actor) as work:
        return holders.change(work, holder_id, holder)
