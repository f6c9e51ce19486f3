"""/rosters: posts in the community and their terms."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, TheHouse
from server.services.paging import Page, part
from server.services.roles import Permission
from server.services.units import rosters
from server.services.units.roster_words import Body
from server.services.units.rosters import Day, PostIn, PostView
from server.services.work import Actor

router = APIRouter(prefix="/rosters", tags=["rosters"])

Reader = Annotated[Actor, Depends(Needs(Permission.INCIDENTS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.ORG_WRITE))]


class EndIn(BaseModel):
    """The last day of a term."""

    model_config = ConfigDict(extra="forbid")

    to_day: Day


@router.get("")
def listing(
    house: TheHouse, _actor: Reader, past: bool = False, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[PostView]:
    """Everybody in a post, body by body; with `past` also those whose term is over."""
    with house.transactions.read() as session:
        found = rosters.listing(session, house.transactions.clock(), past=past)
    order = list(Body)
    return part(found, lambda one: f"{order.index(one.body):02}-{one.area}-{one.id}", after=after, limit=limit)


@router.post("", status_code=201)
def add(house: TheHouse, actor: Writer, post: PostIn) -> PostView:
    """Enter somebody in a post."""
    with house.transactions.work(actor) as work:
        return rosters.add(work, post)


@router.post("/{post_id}/end")
def end(house: TheHouse, actor: Writer, post_id: Id, asked: EndIn) -> PostView:
    """End a term."""
    with house.transactions.work(actor) as work:
        return rosters.end(work, post_id, asked.to_day)
