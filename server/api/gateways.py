"""/gateways: claims and states for people; enrolment and snapshots for the boxes themselves."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict

from card_protocol.wire.enrol import ENROL_PATH, Enrolment, EnrolRequest
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS, SNAPSHOT_PATH, SnapshotRequest
from card_protocol.wire.sealed import UnsealError, unseal
from card_protocol.words.base import Title
from card_protocol.words.ids import HashText, Slug
from server.api.entry import Needs, TheHouse
from server.services import gateways, policy
from server.services.gateways import GatewayView
from server.services.house import House
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission
from server.services.work import Actor

API_PREFIX = "/api/v1"
SEALED_MAX_CHARS = 4096

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
def claim(house: TheHouse, actor: Writer, gateway: Slug, place: ClaimIn | None = None) -> ClaimOut:
    """Make a place for a gateway, or for the box that replaces it."""
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


@router.get(SNAPSHOT_PATH.removeprefix(API_PREFIX), response_class=Response)
def snapshot(
    house: TheHouse,
    request: Request,
    gateway: Slug,
    sha256: HashText,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """For a box: the bytes of a policy snapshot."""
    _check(house, request.headers.get(REQUEST_HEADER, ""), gateway, sha256)
    headers = {"ETag": f'"{sha256}"', "Cache-Control": "private, immutable"}
    if if_none_match is not None and f'"{sha256}"' in if_none_match:
        return Response(status_code=304, headers=headers)
    with house.transactions.read() as session:
        data = policy.snapshot(session, gateway, sha256)
    if data is None:
        raise not_found("snapshot", sha256)
    return Response(data, media_type="application/octet-stream", headers=headers)


def _check(house: House, header: str, gateway: str, sha256: str) -> None:
    """The request is signed by this gateway, for this snapshot, a moment ago; Problem UNTRUSTED."""
    with house.transactions.read() as session:
        verifier = gateways.verifier_of(session, gateway)
    if verifier is None or len(header) > SEALED_MAX_CHARS:
        raise Problem(Code.UNTRUSTED)
    try:
        asked = unseal("request", bytes.fromhex(header), SnapshotRequest, verifier.verify)
    except (UnsealError, ValueError):
        raise Problem(Code.UNTRUSTED) from None
    # A played day passes faster than the request travels.
    age_ms = abs(house.transactions.clock() - asked.at_ms)
    if (asked.gateway, asked.snapshot_sha256) != (gateway, sha256) or age_ms > REQUEST_LIFE_MS * house.clock_speed:
        raise Problem(Code.UNTRUSTED, "The request is for something else, or too old.")
