"""The API as a whole."""

from fastapi.testclient import TestClient

from tests.server.api.conftest import Client


def test_it_says_that_it_is_alive(client: Client) -> None:
    assert client(None).get("/health").json() == {"status": "ok"}


def test_it_describes_itself_and_needs_no_other_host(admin: TestClient) -> None:
    document = admin.get("/openapi.json").json()
    assert {"/cards", "/holders", "/events", "/gateways/{gateway}/confirm", "/explain"} <= set(document["paths"])
    assert admin.get("/docs").status_code == 404
