"""What boxes ask for themselves: who they are is told by TLS and by signatures, and both must be theirs."""

import httpx
import pytest
from fastapi.testclient import TestClient

from card_protocol.crypto.certificates import authorities_in, authority_mark, certificate_in
from card_protocol.policy.buckets import decode_bucket, decode_index
from card_protocol.policy.lines import unpack_word
from card_protocol.policy.rules import PolicyHead
from card_protocol.wire.enrol import ENROL_PATH, KEYS_PATH, Admission, Enrolment, KeysRequest, Waiting
from card_protocol.wire.identity import (
    AUTHORITIES_PATH,
    CERTIFICATE_PATH,
    GATEWAY_LIFE_MS,
    LATE_MS,
    TRUST_PATH,
    CertificateRequest,
    Identity,
    Trust,
)
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS, Manifest
from card_protocol.wire.offer import BLOB_PATH, BlobRequest
from card_protocol.wire.sealed import unseal
from server.api.application import build_boxes_api
from server.api.gateways import API_PREFIX
from server.api.peer import Peer
from server.services.gateways import gateways
from server.services.keys import authorities
from server.services.policies import policy
from tests.server.api.conftest import on_both
from tests.server.build import ADMIN, COMMUNITY, Box, Community, admit
from tests.support.boxes import with_peer

JSON = {"Content-Type": "application/json"}
ENROL = ENROL_PATH.removeprefix(API_PREFIX)


def through_the_door(community: Community, peer: Peer | None) -> TestClient:
    return TestClient(with_peer(build_boxes_api(community.house), peer), raise_server_exceptions=False)


@pytest.fixture
def box(community: Community) -> Box:
    return community.box()


@pytest.fixture
def door(community: Community, box: Box) -> TestClient:
    """Who comes shows the certificate of g-1."""
    return through_the_door(community, box.peer)


@pytest.fixture
def nobody(community: Community) -> TestClient:
    """Who comes shows none."""
    return through_the_door(community, None)


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


def renewal(box: Box, **changes: object) -> dict[str, str]:
    """The header with which a box asks for a new certificate."""
    word = CertificateRequest(gateway=box.name, request=box.certificate_request().hex())
    return {REQUEST_HEADER: box.sealed("request", word.model_copy(update=changes)).hex()}


def ask_certificate(client: TestClient, box: Box, **changes: object) -> httpx.Response:
    path = CERTIFICATE_PATH.format(gateway=box.name).removeprefix(API_PREFIX)
    return client.post(path, headers=renewal(box, **changes))


@on_both
def test_a_claim_is_used_confirmed_and_worthless_for_others(community: Community, nobody: TestClient) -> None:
    with community.transactions.work(ADMIN) as work:
        claim = gateways.claim(work, "g-7", COMMUNITY)
    box = Box("g-7")
    answer = nobody.post(ENROL, content=box.request(claim).to_bytes(), headers=JSON)
    assert (answer.status_code, Waiting.from_bytes(answer.content).mark) == (202, box.request(claim).mark)
    with community.transactions.work(ADMIN) as work:
        gateways.confirm(work, "g-7", box.request(claim).mark)
    answer = nobody.post(ENROL, content=box.request(claim).to_bytes(), headers=JSON)
    admitted = Admission.from_bytes(answer.content)
    assert (answer.status_code, admitted.place.gateway) == (200, "g-7")
    assert certificate_in(admitted.identity.certificate).name == "g-7"
    thief = nobody.post(ENROL, content=Box("g-7", seed=2).request(claim).to_bytes(), headers=JSON)
    assert (thief.status_code, thief.json()["type"]) == (403, "urn:onecard:problem:claim-invalid")


def test_what_is_no_request_is_refused(nobody: TestClient) -> None:
    for body in (b"", b"{}", b'{"claim":"x"}', b"\xff"):
        assert nobody.post(ENROL, content=body, headers=JSON).status_code in (400, 422)


def test_anybody_may_see_the_authorities_and_knows_them_by_their_mark(community: Community, nobody: TestClient) -> None:
    community.box("g-2")
    (shown,) = authorities_in(nobody.get(AUTHORITIES_PATH.removeprefix(API_PREFIX)).text)
    with community.transactions.read() as session:
        assert authority_mark(shown) == authorities.mark(session, community.real[0])


def test_a_certificate_is_renewed_for_the_same_key(community: Community, door: TestClient, box: Box) -> None:
    assert box.identity is not None
    old = certificate_in(box.identity.certificate)
    community.real[0] += GATEWAY_LIFE_MS // 3
    new = certificate_in(Identity.from_bytes(ask_certificate(door, box).content).certificate)
    assert (new.name, new.key) == (old.name, old.key)
    assert new.until_ms == old.until_ms + GATEWAY_LIFE_MS // 3
    assert door.get(TRUST_PATH.format(gateway="g-1").removeprefix(API_PREFIX)).status_code == 200, "the old one counts"


def test_it_is_not_renewed_for_another_key_or_in_another_name(
    community: Community, door: TestClient, nobody: TestClient, box: Box
) -> None:
    stranger = Box("g-1", seed=9)
    other = community.box("g-2")
    for answer in (
        ask_certificate(door, stranger),
        ask_certificate(door, box, request=stranger.certificate_request().hex()),
        ask_certificate(door, box, gateway="g-2"),
        ask_certificate(through_the_door(community, other.peer), box),
        ask_certificate(nobody, stranger),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:onecard:problem:untrusted")
    assert ask_certificate(door, box, request="00").status_code == 422


def test_one_that_has_run_out_is_renewed_without_being_shown_for_a_while(
    community: Community, nobody: TestClient, box: Box
) -> None:
    community.real[0] += GATEWAY_LIFE_MS + LATE_MS - 1
    assert ask_certificate(nobody, box).status_code == 200
    community.real[0] += GATEWAY_LIFE_MS + LATE_MS
    answer = ask_certificate(nobody, box)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:onecard:problem:untrusted")
    assert "enrol it anew" in answer.json()["detail"]


def test_a_stolen_box_gets_no_certificate_any_more(
    community: Community, door: TestClient, nobody: TestClient, box: Box
) -> None:
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    for client in (door, nobody):
        assert ask_certificate(client, box).status_code == 403


def test_a_box_hears_whom_to_trust_and_when_to_renew(community: Community, door: TestClient, box: Box) -> None:
    path = TRUST_PATH.format(gateway="g-1").removeprefix(API_PREFIX)
    before = Trust.from_bytes(door.get(path).content)
    assert (len(authorities_in(before.authorities)), before.renew) == (1, False)
    with community.transactions.work(ADMIN) as work:
        number = authorities.add(work, community.house.keystore)
    during = Trust.from_bytes(door.get(path).content)
    assert (len(authorities_in(during.authorities)), during.renew) == (2, False)
    with community.transactions.work(ADMIN) as work:
        authorities.switch(work, number)
    assert Trust.from_bytes(door.get(path).content).renew
    community.real[0] += 1000
    assert ask_certificate(door, box).status_code == 200
    assert not Trust.from_bytes(door.get(path).content).renew


@on_both
def test_a_box_gets_the_pieces_that_its_manifest_names(
    community: Community, door: TestClient, box: Box, manifest: Manifest
) -> None:
    def get(sha256: str, **headers: str) -> httpx.Response:
        return door.get(path(box, sha256), headers=asking(community, box, sha256) | headers)

    head = get(manifest.head.sha256)
    assert unpack_word(head.content, PolicyHead, "head", 1 << 20).version == manifest.version
    assert head.headers["etag"] == f'"{manifest.head.sha256}"'
    index = decode_index(get(manifest.cards.index.sha256).content)
    (bucket,) = index.buckets
    assert len(decode_bucket(bucket, get(bucket.sha256).content)) == 1
    unchanged = get(bucket.sha256, **{"If-None-Match": f'"{bucket.sha256}"'})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert get("0" * 64).status_code == 404


def test_nobody_else_gets_them(community: Community, door: TestClient, box: Box, manifest: Manifest) -> None:
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
        answer = door.get(path(box, sha256), headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:onecard:problem:untrusted")


def test_a_revoked_box_gets_nothing(community: Community, door: TestClient, box: Box, manifest: Manifest) -> None:
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, box.name)
    sha256 = manifest.head.sha256
    assert door.get(path(box, sha256), headers=asking(community, box, sha256)).status_code == 403


def test_a_signature_is_not_enough_the_certificate_must_be_its_own(
    community: Community, nobody: TestClient, box: Box, manifest: Manifest
) -> None:
    other, sha256 = community.box("g-2"), manifest.head.sha256
    headers = asking(community, box, sha256)
    assert nobody.get(path(box, sha256), headers=headers).status_code == 403
    assert through_the_door(community, other.peer).get(path(box, sha256), headers=headers).status_code == 403
    forged = box.peer._replace(serial="1234")
    assert through_the_door(community, forged).get(path(box, sha256), headers=headers).status_code == 403


def test_what_an_older_box_held_is_worthless_once_another_took_its_place(
    community: Community, door: TestClient, box: Box, manifest: Manifest
) -> None:
    with community.transactions.work(ADMIN) as work:
        claim = gateways.claim(work, "g-1", COMMUNITY)
    fresh, sha256 = Box("g-1", seed=5), manifest.head.sha256
    admit(community.transactions, community.house.keystore, fresh, claim)
    assert door.get(path(fresh, sha256), headers=asking(community, fresh, sha256)).status_code == 403
    through = through_the_door(community, fresh.peer)
    assert through.get(path(fresh, sha256), headers=asking(community, fresh, sha256)).status_code == 200


def test_a_box_asks_for_its_keys_and_nobody_else_gets_them(
    community: Community, door: TestClient, nobody: TestClient, box: Box
) -> None:
    def get(client: TestClient, asker: Box, gateway: str = "g-1", age_ms: int = 0) -> httpx.Response:
        word = KeysRequest(gateway=gateway, at_ms=community.now[0] - age_ms)
        sealed = asker.sealed("request", word).hex()
        where = KEYS_PATH.format(gateway=box.name).removeprefix(API_PREFIX)
        return client.get(where, headers={REQUEST_HEADER: sealed})

    assert Enrolment.from_bytes(get(door, box).content).gateway == "g-1"
    for refused in (
        get(door, Box("g-1", seed=9)),
        get(door, box, "g-2"),
        get(door, box, age_ms=REQUEST_LIFE_MS + 1),
        get(nobody, box),
    ):
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:onecard:problem:untrusted")
