"""/areas, /privileges, /cards/{id}/traits: what the rules about places and people go by."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends

from card_protocol.policy.rules import Area, Privileges, Traits
from card_protocol.words.base import Word, canonical_json
from card_protocol.words.ids import Slug
from server.api.entry import Id, Needs, TheHouse
from server.services.access import areas
from server.services.access.areas import AreaIn
from server.services.cards import cards
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
def listing(house: TheHouse, _actor: Reader) -> list[Area]:
    """All areas that have rules."""
    with house.transactions.read() as session:
        return areas.all_of(session)


@router.put("/areas/{area_id}")
def set_area(house: TheHouse, actor: Writer, area_id: Slug, area: AreaIn) -> Area:
    """Add an area or change it: anti-passback, capacity."""
    if area_id != area.id:
        raise Problem(Code.INVALID, f"The address says {area_id}, the body {area.id}.", fields={"id": "not the same"})
    with house.transactions.work(actor) as work:
        return areas.set_area(work, area)


@router.delete("/areas/{area_id}", status_code=204)
def remove_area(house: TheHouse, actor: Writer, area_id: Slug) -> None:
    """Let an area be one without rules."""
    with house.transactions.work(actor) as work:
        areas.remove_area(work, area_id)


@router.get("/privileges")
def privileges(house: TheHouse, _actor: Reader) -> Privileges:
    """Which roles may be first, escort others, and enter in a lockdown."""
    with house.transactions.read() as session:
        return areas.privileges(session, house.community)


@router.put("/privileges")
def set_privileges(house: TheHouse, actor: Writer, given: Json) -> Privileges:
    """`{"first_person": [roles], "escort": [roles], "lockdown": [[roles of level 1], …]}`"""
    with house.transactions.work(actor) as work:
        return areas.set_privileges(work, house.community, _word(Privileges, given))


@router.put("/cards/{card_id}/traits")
def set_traits(house: TheHouse, actor: Writer, card_id: Id, given: Json) -> Traits:
    """`{"roles": […], "escorted": false, "duress": false, "uses": 3}`: what is out of the ordinary about a card."""
    with house.transactions.work(actor) as work:
        return cards.set_traits(work, card_id, _word(Traits, given))
