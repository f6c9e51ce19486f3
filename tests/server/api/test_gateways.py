"""/gateways, and what boxes ask for themselves."""

import httpx
import pytest
from fastapi.testclient import TestClient

from card_protocol.policy.buckets import decode_bucket, decode_index
from card_protocol.policy.lines import unpack_word
from card_protocol.policy.rules import PolicyHead
from card_protocol.wire.enrol import ENROL_PATH, KEYS_PATH, Enrolment, KeysRequest
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS, Manifest
from card_protocol.wire.offer import BLOB_PATH, BlobRequest
from card_protocol.wire.sealed import unseal
from server.api.gateways import API_PREFIX
from server.services import gateways, policy
from tests.server.api.conftest import Client, on_both
from tests.server.build import ADMIN, Box, Community

JSON = {"Content-Type": "application/json"}
ENROL = ENROL_PATH.removeprefix(API_PREFIX)


@pytest.fixture
def box(community: Community) -> Box:
    return community.box()


@pytest.fixture
def manifest(community: Community, box: Box) -> Manifest:
    """A policy with one card, published."""
    community.active_card()
    (published,) = policy.publish(community.transactions, community.house.keystore, [box.name])
    return unseal("manifest", published.manifest, Manifest, community.house.keystore.server.verifier.verify)


def path(box: Box, sha256: str) -> str:
    return BLOB_PATH.format(gateway=box.name, sha256=sha256).removeprefix(API_PREFIX)


def asking(community: Community, box: Box, sha256: str, **changes: object) -> dict[str, str]:
    """The header that a box sends."""
    word = BlobRequest(gateway=box.name, sha256=sha256, at_ms=community.now[0])
    return {REQUEST_HEADER: box.sealed("request", word.model_copy(update=changes)).hex()}


@on_both
def test_a_claim_is_made_used_and_worthless_afterwards(admin: TestClient, client: Client) -> None:
    claim = admin.post("/gateways/g-7/claim", json={"place": "gate house"})
    assert claim.status_code == 201
    box, nobody = Box("g-7"), client(None)
    answer = nobody.post(ENROL, content=box.request(claim.json()["claim"]).to_bytes(), headers=JSON)
    assert Enrolment.from_bytes(answer.content).gateway == "g-7"
    thief = nobody.post(ENROL, content=Box("g-7", seed=2).request(claim.json()["claim"]).to_bytes(), headers=JSON)
    assert (thief.status_code, thief.json()["type"]) == (403, "urn:onecard:problem:claim-invalid")
    assert admin.get("/gateways/g-7").json()["place"] == "gate house"


def test_what_is_no_request_is_refused(client: Client) -> None:
    for body in (b"", b"{}", b'{"claim":"x"}', b"\xff"):
        assert client(None).post(ENROL, content=body, headers=JSON).status_code in (400, 422)


def test_gateways_are_listed_and_revoked(admin: TestClient, box: Box) -> None:
    assert [gateway["id"] for gateway in admin.get("/gateways").json()] == ["g-1"]
    assert admin.post("/gateways/g-1/revoke").json()["revoked"] is True
    assert admin.get("/gateways/g-9").status_code == 404


@on_both
def test_a_box_gets_the_pieces_that_its_manifest_names(
    community: Community, client: Client, box: Box, manifest: Manifest
) -> None:
    def get(sha256: str, **headers: str) -> httpx.Response:
        return client(None).get(path(box, sha256), headers=asking(community, box, sha256) | headers)

    head = get(manifest.head.sha256)
    assert unpack_word(head.content, PolicyHead, "head", 1 << 20).version == manifest.version
    assert head.headers["etag"] == f'"{manifest.head.sha256}"'
    index = decode_index(get(manifest.cards.index.sha256).content)
    (bucket,) = index.buckets
    assert len(decode_bucket(bucket, get(bucket.sha256).content)) == 1
    unchanged = get(bucket.sha256, **{"If-None-Match": f'"{bucket.sha256}"'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert get("0" * 64).status_code == 404


def test_nobody_else_gets_them(community: Community, client: Client, box: Box, manifest: Manifest) -> None:
    sha256 = manifest.head.sha256
    for headers in (
        {},
        {REQUEST_HEADER: "00"},
        {REQUEST_HEADER: "nonsense"},
        {REQUEST_HEADER: "00" * 5000},
        asking(community, Box("g-1", seed=9), sha256),
        asking(community, box, "0" * 64),
        asking(community, box, sha256, gateway="g-2"),
        asking(community, box, sha256, at_ms=community.now[0] - REQUEST_LIFE_MS - 1),
        asking(community, box, sha256, at_ms=community.now[0] + REQUEST_LIFE_MS + 1),
    ):
        answer = client(None).get(path(box, sha256), headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:onecard:problem:untrusted")


def test_a_revoked_box_gets_nothing(community: Community, client: Client, box: Box, manifest: Manifest) -> None:
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, box.name)
    sha256 = manifest.head.sha256
    assert client(None).get(path(box, sha256), headers=asking(community, box, sha256)).status_code == 403


def test_a_box_asks_for_its_keys_and_nobody_else_gets_them(community: Community, client: Client, box: Box) -> None:
    def get(asker: Box, gateway: str = "g-1", age_ms: int = 0) -> httpx.Response:
        word = KeysRequest(gateway=gateway, at_ms=community.now[0] - age_ms)
        sealed = asker.sealed("request", word).hex()
        where = KEYS_PATH.format(gateway=box.name).removeprefix("/api/v1")
        return client(None).get(where, headers={REQUEST_HEADER: sealed})

    assert Enrolment.from_bytes(get(box).content).gateway == "g-1"
    for refused in (get(Box("g-1", seed=9)), get(box, "g-2"), get(box, age_ms=REQUEST_LIFE_MS + 1)):
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:onecard:problem:untrusted")
