"""/tickets, /parking, /passes"""

from fastapi.testclient import TestClient

from server.services.roles import Role
from tests.server.api.conftest import Client

TAP = {"title": "水龙头漏水", "house": "3-1-502", "message": {"text": "滴水", "speaker": "resident"}}
CAR = {"plate": "浙A12345", "house": "3-1-502", "from_day": "2026-01-01", "to_day": "2026-12-31"}
LIN = {"name": "林师傅", "company": "维保", "points": ["south-gate-in"], "schedule": "always"}


def test_a_thread_in_which_each_reads_what_is_for_them(client: Client) -> None:
    clerk, company = client(Role.CLERK), client(Role.PROPERTY)
    assert clerk.post("/tickets", json=TAP).status_code == 201
    secret = {"text": "he owes rent", "audience": ["community"]}
    assert clerk.post("/tickets/1/messages", json=secret).status_code == 200
    assert [one["text"] for one in company.get("/tickets/1").json()["messages"]] == ["滴水"]
    assert len(clerk.get("/tickets/1").json()["messages"]) == 2
    assert [one["text"] for one in clerk.get("/tickets/1?reader=resident").json()["messages"]] == ["滴水"]
    assert company.get("/tickets/1?reader=community").status_code == 403
    done = company.post("/tickets/1/messages", json={"text": "new washer", "step": "done"})
    assert done.json()["state"] == "done"
    assert company.post("/tickets/1/messages", json={"text": "fine", "step": "confirm"}).status_code == 409
    assert company.get("/tickets?of_house=3-1-502").json()["items"][0]["number"] == 1
    assert clerk.post("/tickets", json=TAP | {"house": ""}).status_code == 422


def test_permits_and_passes(admin: TestClient, client: Client) -> None:
    assert admin.post("/parking", json=CAR).status_code == 201
    assert admin.post("/parking", json=CAR).status_code == 409
    guard = client(Role.GUARD)
    assert guard.get("/parking?plate=12345").json()["items"][0]["house"] == "3-1-502"
    assert guard.post("/parking", json=CAR).status_code == 403
    assert admin.post("/parking/1/end").json()["valid"] is False
    made = admin.post("/passes", json=LIN | {"from_day": "2026-03-01", "to_day": "2026-03-04"})
    assert (made.status_code, made.json()["valid"], made.json()["level_id"]) == (201, True, "pass-1")
    assert len(admin.get("/passes").json()["items"]) == 1
    assert admin.post("/passes", json=LIN | {"from_day": "x", "to_day": "2026-03-04"}).status_code == 422
    assert client(Role.PROPERTY).get("/passes").status_code == 403
