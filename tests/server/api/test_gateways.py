"""/gateways, for people."""

import pytest
from fastapi.testclient import TestClient

from card_protocol.wire.enrol import ENROL_PATH
from card_protocol.wire.identity import AUTHORITIES_PATH
from server.api.gateways import API_PREFIX
from server.services.gateways import gateways
from server.services.keys import authorities
from server.services.work import SYSTEM
from tests.server.api.conftest import on_both
from tests.server.build import NOW_MS, Box, Community


@pytest.fixture
def box(community: Community) -> Box:
    return community.box()


@on_both
def test_a_place_is_claimed_and_the_box_that_asks_is_confirmed_or_refused(
    admin: TestClient, community: Community
) -> None:
    claim = admin.post("/gateways/g-7/claim", json={"place": "gate house"})
    assert claim.status_code == 201
    with community.transactions.read() as session:
        assert claim.json()["fingerprint"] == authorities.mark(session, community.real[0])
    request = Box("g-7").request(claim.json()["claim"])
    with community.transactions.work(SYSTEM) as work:
        gateways.enrol(work, community.house.keystore, request)
    assert admin.get("/gateways/g-7").json()["asks_mark"] == request.mark
    assert admin.post("/gateways/g-7/confirm", json={"fingerprint": "0000-0000"}).status_code == 422
    assert admin.post("/gateways/g-7/confirm", json={"fingerprint": request.mark}).json()["enrolled"] is True
    assert admin.post("/gateways/g-7/refuse").status_code == 409
    assert admin.get("/gateways/g-7").json()["place"] == "gate house"


def test_gateways_are_listed_and_revoked(admin: TestClient, box: Box) -> None:
    assert [gateway["id"] for gateway in admin.get("/gateways").json()["items"]] == ["g-1"]
    assert admin.post("/gateways/g-1/revoke").json()["revoked"] is True
    assert admin.get("/gateways/g-9").status_code == 404


def test_a_gateway_that_was_shut_out_is_taken_down(admin: TestClient, box: Box) -> None:
    assert admin.post("/gateways/g-1/take-down").status_code == 409
    admin.post("/gateways/g-1/revoke")
    assert admin.post("/gateways/g-1/take-down").json()["gone_ms"] == NOW_MS
    assert admin.post("/gateways/g-1/hang-again").json()["gone_ms"] is None


def test_people_have_no_way_to_what_is_for_boxes(admin: TestClient) -> None:
    assert admin.get(AUTHORITIES_PATH.removeprefix(API_PREFIX)).status_code == 404
    assert admin.post(ENROL_PATH.removeprefix(API_PREFIX), json={}).status_code in (404, 405)
