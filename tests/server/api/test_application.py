"""The API as a whole."""

from fastapi.testclient import TestClient

from server.api.application import BODY_MAX_BYTES
from server.api.imports import REQUEST_MAX_BYTES
from tests.server.api.conftest import Client


def test_nobody_can_fill_the_memory_before_they_have_said_who_they_are(client: Client) -> None:
    stranger, body = client(None), {"content-type": "application/json"}
    assert stranger.post("/holders", content=b'"' + b"1" * (BODY_MAX_BYTES - 2) + b'"', headers=body).status_code == 401
    assert stranger.post("/holders", content=b"1" * (BODY_MAX_BYTES + 1), headers=body).status_code == 413
    assert stranger.post("/imports", content=bytes(REQUEST_MAX_BYTES + 1), headers=body).status_code == 413


def test_it_says_that_it_is_alive(client: Client) -> None:
    assert client(None).get("/health").json() == {"status": "ok"}


def test_it_describes_itself_and_needs_no_other_host(admin: TestClient) -> None:
    document = admin.get("/openapi.json").json()
    assert {"/cards", "/holders", "/events", "/gateways/{gateway}/confirm", "/explain"} <= set(document["paths"])
    assert admin.get("/docs").status_code == 404
