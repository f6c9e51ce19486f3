"""/gateways/{gateway}/commands and /areas/{area}/lockdown"""

import pytest
from fastapi.testclient import TestClient

from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import Community

OPEN = {"action": "open_once", "point": "south-gate-in", "why": "a parcel"}
URL = "/gateways/g-1/commands"


@pytest.fixture(autouse=True)
def _box(community: Community) -> None:
    community.box()


def test_a_guard_opens_a_gate_and_sees_what_becomes_of_it(client: Client) -> None:
    guard = client(Role.GUARD)
    given = guard.post(URL, json=OPEN)
    assert (given.status_code, given.headers["Location"]) == (201, "/api/v1/gateways/g-1/commands/1")
    assert (given.json()["state"], given.json()["why"]) == ("waiting", "a parcel")
    assert guard.get(f"{URL}/1").json() == given.json()
    assert [one["number"] for one in guard.get(URL).json()["items"]] == [1]


def test_a_repetition_with_its_key_is_the_same_command(admin: TestClient) -> None:
    key = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first = admin.post(URL, json=OPEN, headers=key)
    assert admin.post(URL, json=OPEN, headers=key).json() == first.json()
    other = admin.post(URL, json=OPEN | {"point": "clinic"}, headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:onecard:problem:invalid")
    assert admin.post(URL, json=OPEN).json()["number"] == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"action": "open_once", "point": "south-gate-in"}, 422),
        (OPEN | {"why": "   "}, 422),
        (OPEN | {"action": "explode"}, 422),
        (OPEN | {"point": "nowhere"}, 422),
        (OPEN | {"level": 1}, 422),
    ],
)
def test_what_is_no_command_is_refused_with_the_reason(admin: TestClient, body: dict[str, str], status: int) -> None:
    answer = admin.post(URL, json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_who_may_not_is_told_so(client: Client) -> None:
    assert client(Role.AUDITOR).post(URL, json=OPEN).status_code == 403
    assert client(Role.AUDITOR).get(URL).status_code == 200
    assert client(None).post(URL, json=OPEN).status_code == 401
    assert client(Role.CLERK).get(URL).status_code == 403


def test_what_is_not_there(admin: TestClient) -> None:
    assert admin.get(f"{URL}/9").status_code == 404
    assert admin.get("/gateways/g-9/commands").status_code == 404
    assert admin.post("/gateways/g-9/commands", json=OPEN).status_code == 404
    assert admin.post("/areas/nowhere/lockdown", json={"level": 1, "why": "x"}).status_code == 404


def test_an_area_is_locked_down_and_released(admin: TestClient) -> None:
    locked = admin.post("/areas/compound/lockdown", json={"level": 2, "why": "a fight"})
    assert [(one["gateway"], one["action"], one["level"]) for one in locked.json()] == [("g-1", "lock_down", 2)]
    over = admin.post("/areas/compound/lockdown", json={"level": 0, "why": "over"})
    assert [(one["action"], one["area"]) for one in over.json()] == [("release", "compound")]
