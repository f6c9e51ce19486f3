"""/gateways/{gateway}/commands and /areas/{area}/lockdown: what is ordered from afar, and what became of it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from card_protocol.words.ids import Slug
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL
from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, Number, TheHouse
from server.services.gateways import commands, gateways
from server.services.gateways.commands import WHY_MAX_CHARS, CommandIn, CommandView
from server.services.paging import Page, cut, number_after
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["commands"])

Reader = Annotated[Actor, Depends(Needs(Permission.GATEWAYS_READ))]
Giver = Annotated[Actor, Depends(Needs(Permission.COMMANDS_GIVE))]


class LockdownIn(BaseModel):
    """The level for an area, 0 to release it, and why."""

    model_config = ConfigDict(extra="forbid")

    level: int = Field(ge=0, le=LOCKDOWN_MAX_LEVEL)
    why: str = Field(min_length=1, max_length=WHY_MAX_CHARS, pattern=r"^\P{Cc}*\S\P{Cc}*$")


@router.post("/gateways/{gateway}/commands", status_code=201)
def give(house: TheHouse, actor: Giver, gateway: Slug, asked: CommandIn, response: Response) -> CommandView:
    """Order something. Repeated with the same Idempotency-Key it is the same command, and moves nothing again."""
    with house.transactions.work(actor) as work:
        view = commands.give(work, gateway, asked, speed=house.clock_speed)
    response.headers["Location"] = f"/api/v1/gateways/{gateway}/commands/{view.number}"
    return view


@router.get("/gateways/{gateway}/commands")
def listing(
    house: TheHouse, _actor: Reader, gateway: Slug, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[CommandView]:
    """The newest first."""
    with house.transactions.read() as session:
        gateways.row_of(session, gateway)
        now = house.transactions.clock()
        found = commands.listing(session, gateway, now, limit + 1, before=number_after(after))
        return cut(found, limit, [str(one.number) for one in found])


@router.get("/gateways/{gateway}/commands/{number}")
def get(house: TheHouse, _actor: Reader, gateway: Slug, number: Number) -> CommandView:
    """One command and what became of it."""
    with house.transactions.read() as session:
        return commands.get(session, gateway, number, house.transactions.clock())


@router.post("/areas/{area}/lockdown", status_code=201)
def lock_down(house: TheHouse, actor: Giver, area: Slug, asked: LockdownIn) -> list[CommandView]:
    """Lock an area down, or release it (level 0), at every gateway that has a point in it."""
    with house.transactions.work(actor) as work:
        return commands.lock_down_area(work, area, asked.level, asked.why)
