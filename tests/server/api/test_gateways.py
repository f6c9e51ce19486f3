"""/gateways, and what boxes ask for themselves."""

import httpx
import pytest
from fastapi.testclient import TestClient

from card_protocol.policy.buckets import decode_bucket, decode_index
from card_protocol.policy.lines import unpack_lines
from card_protocol.policy.rules import PolicyHead
from card_protocol.policy.snapshot import decode_snapshot, snapshot_digest
from card_protocol.wire.enrol import ENROL_PATH, Enrolment
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS, SNAPSHOT_PATH, Manifest, SnapshotRequest
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
def sha256(community: Community, box: Box) -> str:
    policy.publish(community.transactions, community.house.keystore, [box.name])
    with community.transactions.read() as session:
        newest = policy.newest(session, box.name)
    assert newest is not None
    return newest.snapshot_sha256


def path(box: Box, sha256: str) -> str:
    return SNAPSHOT_PATH.format(gateway=box.name, sha256=sha256).removeprefix(API_PREFIX)


def asking(community: Community, box: Box, sha256: str, **changes: object) -> dict[str, str]:
    """The header that a box sends."""
    word = SnapshotRequest(gateway=box.name, snapshot_sha256=sha256, at_ms=community.now[0])
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
def test_a_box_gets_its_snapshot(community: Community, client: Client, box: Box, sha256: str) -> None:
    answer = client(None).get(path(box, sha256), headers=asking(community, box, sha256))
    assert answer.status_code == 200
    assert snapshot_digest(answer.content) == sha256
    assert decode_snapshot(answer.content)[0].community == community.house.community
    assert answer.headers["etag"] == f'"{sha256}"'


def test_what_it_has_already_is_not_sent(community: Community, client: Client, box: Box, sha256: str) -> None:
    headers = asking(community, box, sha256) | {"If-None-Match": f'"{sha256}"'}
    answer = client(None).get(path(box, sha256), headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")


def test_nobody_else_gets_it(community: Community, client: Client, box: Box, sha256: str) -> None:
    stranger = Box("g-1", seed=9)
    for headers in (
        {},
        {REQUEST_HEADER: "00"},
        {REQUEST_HEADER: "nonsense"},
        {REQUEST_HEADER: "00" * 5000},
        asking(community, stranger, sha256),
        asking(community, box, "0" * 64),
        asking(community, box, sha256, gateway="g-2"),
        asking(community, box, sha256, at_ms=community.now[0] - REQUEST_LIFE_MS - 1),
        asking(community, box, sha256, at_ms=community.now[0] + REQUEST_LIFE_MS + 1),
    ):
        answer = client(None).get(path(box, sha256), headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:onecard:problem:untrusted")


def asking_blob(community: Community, box: Box, sha256: str, **changes: object) -> dict[str, str]:
    word = BlobRequest(gateway=box.name, sha256=sha256, at_ms=community.now[0])
    return {REQUEST_HEADER: box.sealed("request", word.model_copy(update=changes)).hex()}


def test_a_box_gets_the_pieces_that_its_manifest_names(community: Community, client: Client, box: Box) -> None:
    community.active_card()
    (published,) = policy.publish(community.transactions, community.house.keystore, [box.name])
    verify = community.house.keystore.server.verifier.verify
    manifest = unseal("manifest", published.manifest, Manifest, verify)
    assert manifest.head is not None
    assert manifest.cards is not None

    def get(sha256: str, **headers: str) -> httpx.Response:
        path = BLOB_PATH.format(gateway=box.name, sha256=sha256).removeprefix(API_PREFIX)
        return client(None).get(path, headers=asking_blob(community, box, sha256) | headers)

    (line,) = unpack_lines(get(manifest.head.sha256).content, "head", 1 << 20)
    assert PolicyHead.from_bytes(line).version == published.version
    index = decode_index(get(manifest.cards.index.sha256).content)
    (bucket,) = index.buckets
    assert len(decode_bucket(bucket, get(bucket.sha256).content)) == 1
    assert get(bucket.sha256, **{"If-None-Match": f'"{bucket.sha256}"'}).status_code == 304
    assert get("0" * 64).status_code == 404


def test_pieces_are_for_who_asks_with_a_fresh_signature(community: Community, client: Client, box: Box) -> None:
    sha256 = "0" * 64
    path = BLOB_PATH.format(gateway=box.name, sha256=sha256).removeprefix(API_PREFIX)
    for headers in (
        {},
        asking_blob(community, Box("g-1", seed=9), sha256),
        asking_blob(community, box, "1" * 64),
        asking_blob(community, box, sha256, at_ms=community.now[0] - REQUEST_LIFE_MS - 1),
        asking(community, box, sha256),
    ):
        assert client(None).get(path, headers=headers).status_code == 403


def test_a_revoked_box_gets_nothing(community: Community, client: Client, box: Box, sha256: str) -> None:
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, box.name)
    assert client(None).get(path(box, sha256), headers=asking(community, box, sha256)).status_code == 403


def test_a_snapshot_that_is_gone_is_not_found(community: Community, client: Client, box: Box) -> None:
    gone = "0" * 64
    assert client(None).get(path(box, gone), headers=asking(community, box, gone)).status_code == 404
