"""/occupancy: how many are inside; /muster: who, for an evacuation"""

from typing import Annotated

from fastapi import APIRouter, Depends

from card_protocol.words.ids import Slug
from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, TheHouse
from server.services import audit, sight
from server.services.access import occupancy
from server.services.access.occupancy import AreaView, Muster
from server.services.paging import Page, part
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["occupancy"])

Reader = Annotated[Actor, Depends(Needs(Permission.MUSTER_READ))]


@router.get("/occupancy")
def areas(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[AreaView]:
    """Every area with how many are inside, and how certain that is."""
    with house.transactions.read() as session:
        found = occupancy.occupancy(session, house.transactions.clock())
    return part(found, lambda one: one.area, after=after, limit=limit)


@router.get("/muster")
def muster(house: TheHouse, actor: Reader, area: Slug | None = None) -> Muster:
    """Who is inside and who has reached a muster point. Whereabouts: who asked is in the trail."""
    with house.transactions.work(actor) as work:
        audit.record(work, "muster.read", f"area:{area}" if area else "areas")
    # The list takes a while where thousands pass: nobody who writes waits for it.
    with house.transactions.read() as session:
        return occupancy.muster(session, house.transactions.clock(), sight.of(actor), area)
