"""/tickets, /parking, /passes: repairs with their threads, permits, contractors' passes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, Number, TheHouse
from server.services.paging import Page, cut, number_after
from server.services.property import parking, passes, tickets
from server.services.property.parking import PermitIn, PermitView
from server.services.property.passes import PassIn, PassView
from server.services.property.ticket_life import Party
from server.services.property.tickets import MessageIn, TicketFile, TicketIn, TicketView
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["property"])

Worker = Annotated[Actor, Depends(Needs(Permission.PROPERTY_WORK))]
Granter = Annotated[Actor, Depends(Needs(Permission.PARKING_GRANT))]
Maker = Annotated[Actor, Depends(Needs(Permission.PASSES_MAKE))]
Words = Annotated[str, Query(max_length=100, pattern=r"^\P{Cc}*$")]


@router.get("/tickets")
def listing(
    house: TheHouse,
    _actor: Worker,
    over: bool = False,
    of_house: Words = "",
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[TicketView]:
    """Tickets that are not closed, or those that are; of one house."""
    with house.transactions.read() as session:
        return tickets.listing(session, over=over, house=of_house, after=after, limit=limit)


@router.post("/tickets", status_code=201)
def open_ticket(house: TheHouse, actor: Worker, given: TicketIn) -> TicketView:
    """A repair, or a talk about a house, with its first message."""
    with house.transactions.work(actor) as work:
        return tickets.open_ticket(work, given)


@router.get("/tickets/{number}")
def get(house: TheHouse, actor: Worker, number: Number, reader: Party | None = None) -> TicketFile:
    """One as the caller's party reads it; `reader`: as the community shows it to another."""
    with house.transactions.read() as session:
        return tickets.get(session, actor, number, reader=reader)


@router.post("/tickets/{number}/messages")
def say(house: TheHouse, actor: Worker, number: Number, given: MessageIn) -> TicketView:
    """A message, for whom, and what is done with it."""
    with house.transactions.work(actor) as work:
        return tickets.say(work, number, given)


@router.get("/parking")
def permits(
    house: TheHouse, _actor: Worker, plate: Words = "", after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[PermitView]:
    """Valid and coming permits, or all of a plate."""
    with house.transactions.read() as session:
        now, before = house.transactions.clock(), number_after(after)
        found = parking.listing(session, now, plate=plate, before=before, limit=limit + 1)
        return cut(found, limit, [str(one.number) for one in found])


@router.post("/parking", status_code=201)
def grant(house: TheHouse, actor: Granter, given: PermitIn) -> PermitView:
    """A new permit."""
    with house.transactions.work(actor) as work:
        return parking.grant(work, given)


@router.post("/parking/{number}/end")
def end_permit(house: TheHouse, actor: Granter, number: Number) -> PermitView:
    """It is valid no longer."""
    with house.transactions.work(actor) as work:
        return parking.end(work, number)


@router.get("/passes")
def all_passes(house: TheHouse, _actor: Maker, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[PassView]:
    """The newest first."""
    with house.transactions.read() as session:
        found = passes.listing(session, house.transactions.clock(), before=number_after(after), limit=limit + 1)
        return cut(found, limit, [str(one.number) for one in found])


@router.post("/passes", status_code=201)
def make(house: TheHouse, actor: Maker, given: PassIn) -> PassView:
    """A contractor's pass: these doors only, from one day to another. The card is given at a desk."""
    with house.transactions.work(actor) as work:
        return passes.make(work, house.community, given)
