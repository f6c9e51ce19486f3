"""/gateways, and what boxes ask for themselves."""

import pytest
from fastapi.testclient import TestClient

from card_protocol.policy.snapshot import decode_snapshot, snapshot_digest
from card_protocol.wire.enrol import ENROL_PATH, Enrolment
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS, SNAPSHOT_PATH, SnapshotRequest
from server.api.gateways import API_PREFIX
from server.services import gateways, policy
from server.services.work import SYSTEM
from tests.server.api.conftest import Client, on_both
from tests.server.build import ADMIN, Box, Community

JSON = {"Content-Type": "application/json"}
ENROL = ENROL_PATH.removeprefix(API_PREFIX)


@pytest.fixture
def box(community: Community) -> Box:
    return community.box()


@pytest.fixture
def sha256(community: Community, box: Box) -> str:
    with community.transactions.work(SYSTEM) as work:
        policy.publish(work, community.house.keystore, box.name)
        newest = policy.newest(work.session, box.name)
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


def test_a_revoked_box_gets_nothing(community: Community, client: Client, box: Box, sha256: str) -> None:
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, box.name)
    assert client(None).get(path(box, sha256), headers=asking(community, box, sha256)).status_code == 403


def test_a_snapshot_that_is_gone_is_not_found(community: Community, client: Client, box: Box) -> None:
    gone = "0" * 64
    assert client(None).get(path(box, gone), headers=asking(community, box, gone)).status_code == 404
