"""/houses"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from card_protocol.words.base import NUMBER_END
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, TheHouse
from server.services.paging import Page, part
from server.services.people import households, houses
from server.services.people.households import HouseholdView
from server.services.people.houses import HouseView
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(prefix="/houses", tags=["houses"])

Reader = Annotated[Actor, Depends(Needs(Permission.HOLDERS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.HOLDERS_WRITE))]


class HouseIn(BaseModel):
    """A house as somebody enters it: 3-1-502, or 3幢1单元502室."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=100, pattern=r"^\P{Cc}*$")
    note: str = Field(default="", max_length=200, pattern=r"^\P{Cc}*$")


@router.get("")
def listing(
    house: TheHouse,
    _actor: Reader,
    q: Annotated[str, Query(max_length=100, pattern=r"^\P{Cc}*$", description="the beginning of a code")] = "",
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[HouseView]:
    """Houses in the order in which one walks past them."""
    with house.transactions.read() as session:
        return houses.listing(session, house.community, q, after=after, limit=limit)


@router.post("", status_code=201)
def add(house: TheHouse, actor: Writer, entered: HouseIn) -> HouseView:
    """Enter a house."""
    with house.transactions.work(actor) as work:
        return houses.add(work, house.community, entered.code, entered.note)


@router.get("/{house_id}")
def get(house: TheHouse, _actor: Reader, house_id: Id) -> HouseView:
    """One house."""
    with house.transactions.read() as session:
        return houses.get(session, house_id)


@router.get("/{house_id}/households")
def lived(
    house: TheHouse, _actor: Reader, house_id: Id, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[HouseholdView]:
    """Who lives in a house, and who did."""
    with house.transactions.read() as session:
        houses.get(session, house_id)
        found = households.of_house(session, house_id)
    return part(found, _newest_first, after=after, limit=limit)


def _newest_first(view: HouseholdView) -> str:
    """The present household before those of the past."""
    return f"{view.ended_ms is not None:d}-{NUMBER_END - view.since_ms:020}-{view.id}"
