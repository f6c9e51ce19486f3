"""/org-units: city, district, street, community."""

from typing import Annotated

from fastapi import APIRouter, Depends

from card_protocol.words.division import DivisionCode
from server.api.entry import Needs, TheHouse
from server.services import org
from server.services.org import OrgUnitIn, OrgUnitView
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(prefix="/org-units", tags=["org"])

Reader = Annotated[Actor, Depends(Needs(Permission.ACCESS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.ACCESS_WRITE))]


@router.get("")
def listing(house: TheHouse, _actor: Reader) -> list[OrgUnitView]:
    """All units, from the city down."""
    with house.transactions.read() as session:
        return org.units(session)


@router.put("/{code}")
def set_unit(house: TheHouse, actor: Writer, code: DivisionCode, unit: OrgUnitIn) -> OrgUnitView:
    """Add a unit or change its names. Enter them from the city down, so that each finds its parent."""
    if unit.code != code:
        raise Problem(Code.INVALID, f"The address says {code}, the body {unit.code}.", fields={"code": "not the same"})
    with house.transactions.work(actor) as work:
        return org.add(work, unit)
