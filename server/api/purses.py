"""/purses, /meals, /subsidies: what is on cards, what stations took, what is added to meals."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends

from card_protocol.words.ids import Slug
from card_protocol.words.moment import local_day_and_minute
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, TheHouse
from server.services import audit, sight
from server.services.desk.carrying_over import CarryIn, carry_over
from server.services.desk.topping_up import ToppedUp, TopUpIn, top_up
from server.services.paging import Page, part
from server.services.purses import meals, moving, purses, subsidies
from server.services.purses.meals import DayView
from server.services.purses.moving import MoveView
from server.services.purses.purses import LedgerView
from server.services.purses.subsidies import Standing, SubsidyIn, SubsidyView
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["purses"])

Reader = Annotated[Actor, Depends(Needs(Permission.PURSES_READ))]
Cashier = Annotated[Actor, Depends(Needs(Permission.PURSES_CREDIT))]
Carer = Annotated[Actor, Depends(Needs(Permission.CARE_WORK))]


@router.post("/purses/top-up")
async def put_on(house: TheHouse, actor: Cashier, request: TopUpIn) -> ToppedUp:
    """Put money on the card that is laid on the desk's reader; answers when it is done."""
    return await top_up(house, actor, request)


@router.get("/purses/{card_id}/move")
def movable(house: TheHouse, _actor: Reader, card_id: Id) -> MoveView:
    """Whether what a lost card holds can go to another one, and what is in the way."""
    with house.transactions.read() as session:
        return moving.of_card(session, card_id)


@router.post("/purses/move")
async def move(house: TheHouse, actor: Cashier, request: CarryIn) -> ToppedUp:
    """Put what a lost card holds onto the card on the desk's reader; answers when it is done."""
    return await carry_over(house, actor, request)


@router.get("/purses/{card_id}")
def ledger(house: TheHouse, actor: Reader, card_id: Id) -> LedgerView:
    """The books of one card's purse."""
    with house.transactions.read() as session:
        return purses.ledger(session, card_id, sight.of(actor))


@router.get("/meals")
def day(house: TheHouse, actor: Carer, day: date | None = None, point: Slug | None = None) -> DayView:
    """A local day at the care stations; today where none is named. Whereabouts: who asked is in the trail."""
    wanted = day or local_day_and_minute(house.transactions.clock())[0]
    with house.transactions.work(actor) as work:
        audit.record(work, "meals.read", f"point:{point}" if point else "points")
    with house.transactions.read() as session:
        return meals.day_of(session, wanted, point)


@router.get("/subsidies/{holder_id}")
def terms(
    house: TheHouse, _actor: Carer, holder_id: Id, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[SubsidyView]:
    """What is added to somebody's meals."""
    with house.transactions.read() as session:
        found = subsidies.of_holder(session, holder_id)
    return part(found, lambda one: f"{one.first}-{one.id}", after=after, limit=limit)


@router.get("/subsidies/{holder_id}/standing")
def standing(house: TheHouse, _actor: Reader, holder_id: Id) -> Standing:
    """What is due to somebody."""
    with house.transactions.read() as session:
        return subsidies.standing(session, holder_id)


@router.post("/subsidies/{holder_id}", status_code=201)
def give(house: TheHouse, actor: Carer, holder_id: Id, wanted: SubsidyIn) -> SubsidyView:
    """New terms."""
    with house.transactions.work(actor) as work:
        return subsidies.give(work, holder_id, wanted)


@router.post("/subsidies/{holder_id}/end")
def end(house: TheHouse, actor: Carer, holder_id: Id) -> list[SubsidyView]:
    """Nothing is added to somebody's meals from today on; the terms that are left. What was earned stays due."""
    with house.transactions.work(actor) as work:
        subsidies.end(work, holder_id, local_day_and_minute(work.now_ms)[0])
        return subsidies.of_holder(work.session, holder_id)
