"""The WebSocket of a desk."""

import asyncio
from collections.abc import Iterator
from typing import cast

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from card_protocol.wire.desk import Answer, CardGone, CardHere, Hello, Show
from server.api import desk as desk_route
from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import Community

HELLO = Hello(desk="desk-1", reader="simulated").to_bytes().decode()


@pytest.fixture
def desk(community: Community, client: Client) -> Iterator[TestClient]:
    """A client with the token of desk-1, in one event loop."""
    made = client(None)
    made.headers["Authorization"] = f"Bearer {community.token(Role.DESK, 'desk-1')}"
    with made:
        yield made


def listed(community: Community, client: Client) -> list[tuple[str, str | None]]:
    return [(view.name, view.uid) for view in community.house.desks.listing()]


def test_a_desk_dials_in_shows_cards_and_hangs_up(community: Community, desk: TestClient, admin: TestClient) -> None:
    heard = community.heard
    with desk.websocket_connect("/desk") as socket:
        socket.send_text(HELLO)
        socket.send_text(CardHere(uid="04112233445566").to_bytes().decode())
        socket.send_text(Answer(turn=99, data="9100").to_bytes().decode())
        socket.send_text(CardGone().to_bytes().decode())
        socket.close()
    told = [(fact["connected"], fact["uid"]) for channel, fact in heard if channel == "desk"]
    assert told[:3] == [(True, None), (True, "04112233445566"), (True, None)]
    assert told[-1] == (False, None)
    assert admin.get("/desks").json()["items"] == []


def test_connected_desks_are_listed(desk: TestClient, community: Community) -> None:
    with desk.websocket_connect("/desk") as socket:
        socket.send_text(HELLO)
        socket.send_text(CardHere(uid="04112233445566").to_bytes().decode())
        headers = {"Authorization": f"Bearer {community.token(Role.ADMIN)}"}
        for _ in range(100):
            (found,) = desk.get("/desks", headers=headers).json()["items"] or [{}]
            if found.get("uid"):
                break
        assert (found["name"], found["reader"], found["uid"]) == ("desk-1", "simulated", "04112233445566")


@pytest.mark.parametrize("role", [None, Role.ADMIN, Role.GUARD])
def test_only_a_desks_token_opens_it(client: Client, role: Role | None) -> None:
    with pytest.raises(WebSocketDisconnect) as told, client(role).websocket_connect("/desk"):
        pass
    assert told.value.code == desk_route.CLOSE_POLICY


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("noise", desk_route.CLOSE_MALFORMED),
        (CardGone().to_bytes().decode(), desk_route.CLOSE_POLICY),
        (Hello(desk="desk-2", reader="simulated").to_bytes().decode(), desk_route.CLOSE_POLICY),
    ],
)
def test_a_desk_that_does_not_say_who_it_is_is_hung_up(desk: TestClient, first: str, code: int) -> None:
    with desk.websocket_connect("/desk") as socket:
        socket.send_text(first)
        with pytest.raises(WebSocketDisconnect) as told:
            socket.receive_text()
        assert told.value.code == code


def test_a_desk_that_says_nothing_is_hung_up(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_route, "HELLO_TIMEOUT_S", 0.01)
    with desk.websocket_connect("/desk") as socket, pytest.raises(WebSocketDisconnect):
        socket.receive_text()


def test_a_line_that_breaks_while_something_is_said_is_no_fault_of_what_is_said() -> None:
    class Breaking:
        application_state = WebSocketState.CONNECTED
        tried = 0

        async def send_text(self, _text: str) -> None:
            self.tried += 1
            raise WebSocketDisconnect(1006)

    socket = Breaking()
    asyncio.run(desk_route.sender(cast(WebSocket, socket))(Show(en="Put it back.", zh="请放回。", good=False)))
    assert socket.tried == 1


def test_noise_later_on_ends_the_connection(community: Community, desk: TestClient) -> None:
    with desk.websocket_connect("/desk") as socket:
        socket.send_text(HELLO)
        assert "Code for the browser" in socket.receive_text()
        socket.send_text('{"say":"dance"}')
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
    assert community.house.desks.listing() == []
