"""/gateways: claims and states, for people. What boxes ask for themselves is `server.api.boxes`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict

from card_protocol.words.base import Title
from card_protocol.words.ids import Slug
from server.api.entry import DEFAULT_LIMIT, After, Limit, Needs, TheHouse
from server.services.gateways import gateways
from server.services.gateways.gateways import GatewayView
from server.services.keys import authorities
from server.services.paging import Page, part
from server.services.roles import Permission
from server.services.work import Actor

API_PREFIX = "/api/v1"

router = APIRouter(tags=["gateways"])

Reader = Annotated[Actor, Depends(Needs(Permission.GATEWAYS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.GATEWAYS_WRITE))]


class ClaimIn(BaseModel):
    """A place for a gateway."""

    model_config = ConfigDict(extra="forbid")

    place: Title = ""


class ClaimOut(BaseModel):
    """The one-time claim, shown once, good for 24 h; `fingerprint` is by what the box knows this server."""

    gateway: str
    claim: str
    fingerprint: str


class MarkIn(BaseModel):
    """The fingerprint that the box shows."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: Title


@router.get("/gateways")
def listing(house: TheHouse, _actor: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[GatewayView]:
    """Gateways by name."""
    with house.transactions.read() as session:
        return part(gateways.listing(session), lambda gateway: gateway.id, after=after, limit=limit)


@router.get("/gateways/{gateway}")
def get(house: TheHouse, _actor: Reader, gateway: Slug) -> GatewayView:
    """One gateway."""
    with house.transactions.read() as session:
        return gateways.get(session, gateway)


@router.post("/gateways/{gateway}/claim", status_code=201)
def claim(house: TheHouse, actor: Writer, gateway: Slug, response: Response, place: ClaimIn | None = None) -> ClaimOut:
    """Make a place for a gateway, or for the box that replaces it."""
    response.headers["Cache-Control"] = "no-store"
    with house.transactions.work(actor) as work:
        text = gateways.claim(work, gateway, house.community, place=place.place if place else "")
        authorities.first(work, house.keystore)
        mark = authorities.mark(work.session, work.real_ms)
    return ClaimOut(gateway=gateway, claim=text, fingerprint=mark)


@router.post("/gateways/{gateway}/confirm")
def confirm(house: TheHouse, actor: Writer, gateway: Slug, mark: MarkIn) -> GatewayView:
    """Let the box that asks join, if it is the one that shows this fingerprint."""
    with house.transactions.work(actor) as work:
        return gateways.confirm(work, gateway, mark.fingerprint)


@router.post("/gateways/{gateway}/refuse")
def refuse(house: TheHouse, actor: Writer, gateway: Slug) -> GatewayView:
    """The box that asks is none of ours."""
    with house.transactions.work(actor) as work:
        return gateways.refuse(work, gateway)


@router.post("/gateways/{gateway}/revoke")
def revoke(house: TheHouse, actor: Writer, gateway: Slug) -> GatewayView:
    """Stop believing a box."""
    with house.transactions.work(actor) as work:
        return gateways.revoke(work, gateway)


@router.post("/gateways/{gateway}/take-down")
def take_down(house: TheHouse, actor: Writer, gateway: Slug) -> GatewayView:
    """A box that was shut out hangs there no more, so receipts need not wait for its policy to end."""
    with house.transactions.work(actor) as work:
        return gateways.take_down(work, gateway)


@router.post("/gateways/{gateway}/hang-again")
def hang_again(house: TheHouse, actor: Writer, gateway: Slug) -> GatewayView:
    """That was said in error: receipts wait for it again."""
    with house.transactions.work(actor) as work:
        return gateways.hang_again(work, gateway)
