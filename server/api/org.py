"""/org-units"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from card_protocol.words.division import DivisionCode
from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, TheHouse
from server.api.preconditions import ToldHere, tag
from server.services.paging import Page, part
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.units import dissolving, org
from server.services.units.org import OrgUnitIn, OrgUnitView
from server.services.work import Actor

router = APIRouter(prefix="/org-units", tags=["org"])

Reader = Annotated[Actor, Depends(Needs(Permission.ACCESS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.ORG_WRITE))]


@router.get("")
def units(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[OrgUnitView]:
    """The org tree, from the city down."""
    with house.transactions.read() as session:
        return part(org.units(session), lambda unit: unit.code, after=after, limit=limit)


@router.get("/{code}")
def get_unit(house: TheHouse, _actor: Reader, code: DivisionCode, response: Response) -> OrgUnitView:
    """One unit."""
    with house.transactions.read() as session:
        return tag(response, org.get(session, code))


@router.put("/{code}")
def set_unit(house: TheHouse, actor: Writer, code: DivisionCode, unit: OrgUnitIn, told: ToldHere) -> OrgUnitView:
    """Add a unit or change its names."""
    if code != unit.code:
        raise Problem(Code.INVALID, f"The address says {code}, the body {unit.code}.", fields={"code": "not the same"})
    with house.transactions.work(actor) as work:
        return told.change(work, f"org:{code}", lambda: org.get(work.session, code), lambda: org.add(work, unit))


@router.delete("/{code}", status_code=204)
def dissolve_unit(house: TheHouse, actor: Writer, code: DivisionCode) -> None:
    """A unit exists no longer; its open incidents go to the next one above."""
    with house.transactions.work(actor) as work:
        dissolving.dissolve(work, house.community, code)
