"""/areas, /privileges, /cards/{id}/traits: what the rules about places and people go by."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response

from card_protocol.policy.rules import Area, Privileges, Traits
from card_protocol.words.base import Word, canonical_json
from card_protocol.words.ids import Slug
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, TheHouse
from server.api.preconditions import ToldHere, tag
from server.services.access import areas
from server.services.access.areas import AreaIn
from server.services.cards import cards
from server.services.paging import Page, part
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["access"])

Reader = Annotated[Actor, Depends(Needs(Permission.ACCESS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.ACCESS_WRITE))]
Json = Annotated[dict[str, Any], Body()]


def _word(of: type[Word], given: dict[str, Any]) -> Any:
    try:
        return of.from_bytes(canonical_json(given))
    except ValueError as error:
        raise Problem(Code.INVALID, str(error)) from None


@router.get("/areas")
def listing(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[Area]:
    """Areas that have rules, by name."""
    with house.transactions.read() as session:
        return part(areas.all_of(session), lambda area: area.id, after=after, limit=limit)


@router.get("/areas/{area_id}")
def get_area(house: TheHouse, _actor: Reader, area_id: Slug, response: Response) -> Area:
    """One area that has rules."""
    with house.transactions.read() as session:
        return tag(response, areas.area_of(session, area_id))


@router.put("/areas/{area_id}")
def set_area(house: TheHouse, actor: Writer, area_id: Slug, area: AreaIn, told: ToldHere) -> Area:
    """Add an area or change it: anti-passback, capacity."""
    if area_id != area.id:
        raise Problem(Code.INVALID, f"The address says {area_id}, the body {area.id}.", fields={"id": "not the same"})
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            f"area:{area_id}",
            lambda: areas.area_of(work.session, area_id),
            lambda: areas.set_area(work, area),
        )


@router.delete("/areas/{area_id}", status_code=204)
def remove_area(house: TheHouse, actor: Writer, area_id: Slug) -> None:
    """Let an area be one without rules."""
    with house.transactions.work(actor) as work:
        areas.remove_area(work, area_id)


@router.get("/privileges")
def privileges(house: TheHouse, _actor: Reader, response: Response) -> Privileges:
    """Which roles may be first, escort others, and enter in a lockdown."""
    with house.transactions.read() as session:
        return tag(response, areas.privileges(session, house.community))


@router.put("/privileges")
def set_privileges(house: TheHouse, actor: Writer, given: Json, told: ToldHere) -> Privileges:
    """`{"first_person": [roles], "escort": [roles], "lockdown": [[roles of level 1], …]}`"""
    word = _word(Privileges, given)
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            "privileges",
            lambda: areas.privileges(work.session, house.community),
            lambda: areas.set_privileges(work, house.community, word),
        )


@router.get("/cards/{card_id}/traits")
def get_traits(house: TheHouse, _actor: Reader, card_id: Id, response: Response) -> Traits:
    """What is out of the ordinary about a card."""
    with house.transactions.read() as session:
        return tag(response, cards.traits_of(session, card_id))


@router.put("/cards/{card_id}/traits")
def set_traits(house: TheHouse, actor: Writer, card_id: Id, given: Json, told: ToldHere) -> Traits:
    """`{"roles": […], "escorted": false, "duress": false, "uses": 3}`: what is out of the ordinary about a card."""
    word = _word(Traits, given)
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            f"traits:{card_id}",
            lambda: cards.traits_of(work.session, card_id),
            lambda: cards.set_traits(work, card_id, word),
        )
