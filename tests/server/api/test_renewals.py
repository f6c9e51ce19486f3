"""The WebSocket of a point: only an enrolled gateway that has just signed for it gets in."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from card_protocol.wire.desk import FROM_SERVER, Answer, Apdu, CardGone, Show
from card_protocol.wire.manifest import REQUEST_HEADER, REQUEST_LIFE_MS
from card_protocol.wire.renewal import RenewalRequest
from server.api.application import build_boxes_api
from server.services.gateways import gateways
from tests.server.build import ADMIN, NOW_MS, Box, Community
from tests.support.boxes import with_peer

PATH = "/gateways/g-1/renewals"
UID = "04010203040506"


@pytest.fixture
def box(community: Community) -> Box:
    return community.box()


@pytest.fixture
def door(community: Community, box: Box) -> TestClient:
    """Who comes shows the certificate of g-1."""
    return TestClient(with_peer(build_boxes_api(community.house), box.peer), raise_server_exceptions=False)


def header(box: Box, card_id: str, **changes: object) -> dict[str, str]:
    fields = {"gateway": "g-1", "point": "south-gate-in", "card_id": card_id, "uid": UID, "at_ms": 0} | changes
    return {REQUEST_HEADER: box.sealed("request", RenewalRequest.model_validate(fields)).hex()}


def test_the_server_talks_to_the_card_and_says_how_it_ended(community: Community, door: TestClient, box: Box) -> None:
    card = community.active_card(UID)
    headers = header(box, card.id, at_ms=community.now[0])
    with door as http, http.websocket_connect(PATH, headers=headers) as socket:
        first = FROM_SERVER.validate_json(socket.receive_text())
        assert isinstance(first, Apdu)
        # A card that knows no such application is none of ours.
        socket.send_text(Answer(turn=first.turn, data="91A0").to_bytes().decode())
        last = FROM_SERVER.validate_json(socket.receive_text())
        assert isinstance(last, Show)
        assert not last.good


@pytest.mark.parametrize("said", [CardGone().to_bytes().decode(), "nonsense"])
def test_a_card_that_leaves_and_a_point_that_talks_nonsense_end_it(
    community: Community, door: TestClient, box: Box, said: str
) -> None:
    card = community.active_card(UID)
    headers = header(box, card.id, at_ms=community.now[0])
    with door as http, http.websocket_connect(PATH, headers=headers) as socket:
        socket.receive_text()
        socket.send_text(said)
        ended = [socket.receive()["type"] for _ in range(2 if "gone" in said else 1)]
        assert ended[-1] == "websocket.close"


Forge = Callable[[Box, Community], dict[str, str]]


@pytest.mark.parametrize(
    "forge",
    [
        lambda box, community: {},
        lambda box, community: {REQUEST_HEADER: "zz"},
        lambda box, community: {REQUEST_HEADER: "00" * 4000},
        lambda box, community: header(Box("g-1", seed=9), community.active_card(UID).id, at_ms=community.now[0]),
        lambda box, community: header(box, community.active_card(UID).id, at_ms=community.now[0], gateway="g-2"),
        lambda box, community: header(box, community.active_card(UID).id, at_ms=NOW_MS - REQUEST_LIFE_MS - 1),
    ],
    ids=["unsigned", "no hex", "too long", "another's key", "another gateway", "too old"],
)
def test_nobody_else_gets_in(community: Community, door: TestClient, box: Box, forge: Forge) -> None:
    headers = forge(box, community)
    with pytest.raises(WebSocketDisconnect), door.websocket_connect(PATH, headers=headers):
        pass


def test_a_gateway_that_was_revoked_gets_in_no_more(community: Community, door: TestClient, box: Box) -> None:
    card = community.active_card(UID)
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    http: TestClient = door
    headers = header(box, card.id, at_ms=community.now[0])
    with pytest.raises(WebSocketDisconnect), http.websocket_connect(PATH, headers=headers):
        pass


def test_a_signature_without_the_certificate_does_not_get_in(community: Community, door: TestClient, box: Box) -> None:
    headers = header(box, community.active_card(UID).id, at_ms=community.now[0])
    for peer in (None, community.box("g-2").peer):
        other = TestClient(with_peer(build_boxes_api(community.house), peer))
        with pytest.raises(WebSocketDisconnect), other.websocket_connect(PATH, headers=headers):
            pass
