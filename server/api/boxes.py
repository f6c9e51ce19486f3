"""What boxes ask for themselves, on a listener of their own: enrolment, certificates, the pieces of policies."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Header, Request, Response

from card_protocol.crypto.certificates import key_in_request
from card_protocol.wire.enrol import ENROL_PATH, KEYS_PATH, Enrolment, EnrolRequest, KeysRequest, Waiting
from card_protocol.wire.identity import AUTHORITIES_PATH, CERTIFICATE_PATH, TRUST_PATH, CertificateRequest, Trust
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS
from card_protocol.wire.offer import BLOB_PATH, BlobRequest
from card_protocol.wire.sealed import UnsealError, unseal
from card_protocol.words.base import Word
from card_protocol.words.ids import HashText, Slug
from server.api.entry import TheHouse
from server.api.gateways import API_PREFIX
from server.api.peer import demand_gateway, peer_of
from server.services.gateways import admission, gateways
from server.services.house import House
from server.services.keys import authorities
from server.services.policies import cards_offer
from server.services.problems import Code, Problem, not_found
from server.services.work import Actor

SEALED_MAX_CHARS = 4096

W = TypeVar("W", bound=Word)

router = APIRouter(tags=["boxes"])


@router.get(AUTHORITIES_PATH.removeprefix(API_PREFIX))
def trusted(house: TheHouse) -> Response:
    """The certificates of the authorities. Not secret; a box believes the one whose mark it was told."""
    with house.transactions.read() as session:
        return Response(authorities.bundle(session), media_type="application/x-pem-file")


@router.post(ENROL_PATH.removeprefix(API_PREFIX))
def enrol(house: TheHouse, request: EnrolRequest) -> Response:
    """Use a claim; 202 until an operator has confirmed the box."""
    with house.transactions.work(Actor("gateway:new", "gateway")) as work:
        admitted = gateways.enrol(work, house.keystore, request)
    return _word(Waiting(mark=request.mark), 202) if admitted is None else _word(admitted)


@router.post(CERTIFICATE_PATH.removeprefix(API_PREFIX))
def certificate(house: TheHouse, request: Request, gateway: Slug) -> Response:
    """A new certificate for the same key.

    Whoever shows a certificate must show this gateway's. One that has run out cannot be shown; then the gateway's
    signature and its TLS key's under the request say who asks.
    """
    header = request.headers.get(REQUEST_HEADER, "")
    if peer_of(request) is not None:
        demand_gateway(house, request, gateway)
    asked = _unsealed(house, header, gateway, CertificateRequest)
    if asked.gateway != gateway:
        raise Problem(Code.UNTRUSTED)
    try:
        key = key_in_request(bytes.fromhex(asked.request))
    except ValueError as error:
        raise Problem(Code.INVALID, str(error)) from None
    with house.transactions.work(Actor(f"gateway:{gateway}", "gateway")) as work:
        row = gateways.row_of(work.session, gateway, lock=True)
        return _word(admission.renew(work, house.keystore, row, key))


@router.get(TRUST_PATH.removeprefix(API_PREFIX))
def trust(house: TheHouse, request: Request, gateway: Slug) -> Trust:
    """Whom to trust now; asked for now and then, so that authorities can follow one another."""
    demand_gateway(house, request, gateway)
    with house.transactions.read() as session:
        return admission.trust(session, gateway)


@router.get(KEYS_PATH.removeprefix(API_PREFIX))
def keys(house: TheHouse, request: Request, gateway: Slug) -> Enrolment:
    """Its keys with a fresh lease, and those of the compartments that its points need."""
    demand_gateway(house, request, gateway)
    asked = _unsealed(house, request.headers.get(REQUEST_HEADER, ""), gateway, KeysRequest)
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
    """A head, an index, a bucket or a delta of cards, as its manifest or an index names it."""
    demand_gateway(house, request, gateway)
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
    asked = _unsealed(house, request.headers.get(REQUEST_HEADER, ""), gateway, BlobRequest)
    if (asked.gateway, asked.sha256) != (gateway, sha256) or not _is_fresh(house, asked.at_ms):
        raise Problem(Code.UNTRUSTED, "The request is for something else, or too old.")


def _is_fresh(house: House, at_ms: int) -> bool:
    """A played day passes faster than the request travels."""
    return abs(house.transactions.clock() - at_ms) <= REQUEST_LIFE_MS * house.clock_speed


def _unsealed(house: House, header: str, gateway: str, of: type[W]) -> W:
    with house.transactions.read() as session:
        verifier = gateways.verifier_of(session, gateway)
    if verifier is None or len(header) > SEALED_MAX_CHARS:
        raise Problem(Code.UNTRUSTED)
    try:
        return unseal("request", bytes.fromhex(header), of, verifier.verify)
    except (UnsealError, ValueError):
        raise Problem(Code.UNTRUSTED) from None


def _word(word: Word, status: int = 200) -> Response:
    return Response(word.to_bytes(), status, media_type="application/json")
