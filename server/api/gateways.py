"""/gateways: claims and states for people; enrolment and the pieces of policies for the boxes themselves."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict

from card_protocol.wire.enrol import ENROL_PATH, KEYS_PATH, Enrolment, EnrolRequest, KeysRequest
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS
from card_protocol.wire.offer import BLOB_PATH, BlobRequest
from card_protocol.wire.sealed import UnsealError, unseal
from card_protocol.words.base import Title, Word
from card_protocol.words.ids import HashText, Slug
from server.api.entry import Needs, TheHouse
from server.services import cards_offer, gateways
from server.services.gateways import GatewayView
from server.services.house import House
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission
from server.services.work import Actor

API_PREFIX = "/api/v1"
SEALED_MAX_CHARS = 4096

W = TypeVar("W", bound=Word)

router = APIRouter(tags=["gateways"])

Reader = Annotated[Actor, Depends(Needs(Permission.GATEWAYS_READ))]
Writer = Annotated[Actor, Depends(Needs(Permission.GATEWAYS_WRITE))]


class ClaimIn(BaseModel):
    """A place for a gateway."""

    model_config = ConfigDict(extra="forbid")

    place: Title = ""


class ClaimOut(BaseModel):
    """The one-time claim, shown once, good for 24 h."""

    gateway: str
    claim: str


@router.get("/gateways")
def listing(house: TheHouse, _actor: Reader) -> list[GatewayView]:
    """All gateways."""
    with house.transactions.read() as session:
        return gateways.listing(session)


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
    return ClaimOut(gateway=gateway, claim=text)


@router.post("/gateways/{gateway}/revoke")
def revoke(house: TheHouse, actor: Writer, gateway: Slug) -> GatewayView:
    """Stop believing a box."""
    with house.transactions.work(actor) as work:
        return gateways.revoke(work, gateway)


@router.post(ENROL_PATH.removeprefix(API_PREFIX))
def enrol(house: TheHouse, request: EnrolRequest) -> Enrolment:
    """For a box: use a claim."""
    with house.transactions.work(Actor("gateway:new", "gateway")) as work:
        return gateways.enrol(work, house.keystore, request)


@router.get(KEYS_PATH.removeprefix(API_PREFIX))
def keys(house: TheHouse, request: Request, gateway: Slug) -> Enrolment:
    """For a box: its keys with a fresh lease, and those of the compartments that its points need."""
    asked = _asked(house, request, gateway, KeysRequest)
    if asked.gateway != gateway or not _is_fresh(house, asked.at_ms):
        raise Problem(Code.UNTRUSTED, "The request is for something else, or too old.")
    with house.transactions.work(Actor(f"gateway:{gateway}", "gateway")) as work:
        return gateways.keys(work, house.keystore, gateway)


@router.get(BLOB_PATH.removeprefix(API_PREFIX), response_class=Response)
def blob(
    house: TheHouse,
    request: Request,
    gateway: Slug,
    sha256: HashText,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """For a box: a head, an index, a bucket or a delta of cards, as its manifest or an index names it."""
    _check(house, request, gateway, sha256)
    headers = {"ETag": f'"{sha256}"', "Cache-Control": "private, immutable"}
    if if_none_match is not None and f'"{sha256}"' in if_none_match:
        return Response(status_code=304, headers=headers)
    with house.transactions.read() as session:
        data = cards_offer.blob(session, gateway, house.community, sha256)
    if data is None:
        raise not_found("policy piece", sha256)
    return Response(data, media_type="application/octet-stream", headers=headers)


def _check(house: House, request: Request, gateway: str, sha256: str) -> None:
    """The request is signed by this gateway, for this, a moment ago; Problem UNTRUSTED."""
    asked = _asked(house, request, gateway, BlobRequest)
    if (asked.gateway, asked.sha256) != (gateway, sha256) or not _is_fresh(house, asked.at_ms):
        raise Problem(Code.UNTRUSTED, "The request is for something else, or too old.")


def _asked(house: House, request: Request, gateway: str, word: type[W]) -> W:
    header = request.headers.get(REQUEST_HEADER, "")
    with house.transactions.read() as session:
        verifier = gateways.verifier_of(session, gateway)
    if verifier is None or len(header) > SEALED_MAX_CHARS:
        raise Problem(Code.UNTRUSTED)
    try:
        return unseal("request", bytes.fromhex(header), word, verifier.verify)
    except (UnsealError, ValueError):
        raise Problem(Code.UNTRUSTED) from None


def _is_fresh(house: House, at_ms: int) -> bool:
    """A played day passes faster than the request travels."""
    return abs(house.transactions.clock() - at_ms) <= REQUEST_LIFE_MS * house.clock_speed
