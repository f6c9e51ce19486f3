"""/incidents"""

import pytest
from fastapi.testclient import TestClient

from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import Community
from tests.server.incident_town import BESIDE, STREET, build_town

DOOR = {"matter": "safety", "title": "南门一直开着", "point": "south-gate-in"}


@pytest.fixture(autouse=True)
def _town(community: Community) -> None:
    build_town(community)


def test_reported_taken_on_sent_done_and_closed_by_another(client: Client) -> None:
    guard, clerk = client(Role.GUARD), client(Role.CLERK)
    made = guard.post("/incidents", json=DOOR)
    assert (made.status_code, made.json()["state"], made.json()["tier"]) == (201, "reported", "community")
    assert guard.get("/incidents").json()["items"] == [made.json()]
    assert guard.get("/incidents/counts").json()["states"]["reported"] == 1
    assert guard.post("/incidents/1/accept", json={}).json()["state"] == "filed"
    assert guard.post("/incidents/1/dispatch", json={"person": "老张"}).json()["person"] == "老张"
    assert guard.post("/incidents/1/begin", json={}).status_code == 200
    assert guard.post("/incidents/1/finish", json={"why": "wedge taken away"}).json()["state"] == "checking"
    same = guard.post("/incidents/1/close", json={"why": "I saw it"})
    assert (same.status_code, same.json()["detail"]) == (
        422,
        "Somebody else must check and close it than who handled it.",
    )
    file = clerk.get("/incidents/1").json()
    assert file["actions"][0] == "close"
    assert [step["action"] for step in file["steps"]] == [None, "accept", "dispatch", "begin", "finish"]
    turn = file["incident"]["turn"]
    assert clerk.post("/incidents/1/close", json={"why": "shuts", "turn": turn}).json()["state"] == "closed"
    again = client(Role.ADMIN).post("/incidents/1/close", json={"why": "shuts", "turn": turn})
    assert (again.status_code, again.json()["type"]) == (409, "urn:onecard:problem:wrong-state")
    assert "closed it already" in again.json()["detail"]
    assert clerk.get("/incidents?over=true").json()["items"][0]["closed_by"] == "token:clerk"


def test_to_a_unit_that_exists_no_longer(admin: TestClient) -> None:
    admin.post("/incidents", json=DOOR)
    assert admin.post("/incidents/1/hand_over", json={"why": "theirs", "unit": BESIDE}).json()["unit"] == BESIDE
    assert admin.delete(f"/org-units/{BESIDE}").status_code == 204
    assert admin.get("/incidents/1").json()["incident"]["unit"] == STREET
    refused = admin.post("/incidents/1/hand_over", json={"why": "theirs", "unit": BESIDE})
    assert (refused.status_code, refused.json()["detail"]) == (
        422,
        "There is no such unit, or it exists no longer.",
    )
    assert admin.delete(f"/org-units/{BESIDE}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        DOOR | {"title": "  "},
        DOOR | {"title": "x" * 121},
        DOOR | {"matter": "weather"},
        DOOR | {"text": "\u0000"},
        DOOR | {"state": "closed"},
        DOOR | {"sources": [{"kind": "alarm", "id": ""}]},
    ],
)
def test_what_is_no_report_is_refused(admin: TestClient, body: dict[str, object]) -> None:
    assert admin.post("/incidents", json=body).status_code == 422


def test_what_is_not_there_and_what_nobody_does(admin: TestClient) -> None:
    assert admin.get("/incidents/9").status_code == 404
    admin.post("/incidents", json=DOOR)
    assert admin.post("/incidents/1/overdue", json={}).status_code == 404
    assert admin.post("/incidents/1/eat", json={}).status_code == 422
    assert admin.post("/incidents/1/begin", json={}).status_code == 409
    assert admin.post("/incidents/1/sources", json={"sources": [], "why": "x"}).status_code == 422


def test_the_same_alarm_again_says_which_incident_it_is(admin: TestClient, community: Community) -> None:
    from server.services.events import alarms
    from server.services.events.alarms import AlarmKind
    from server.services.work import SYSTEM

    with community.transactions.work(SYSTEM) as work:
        ids = [alarms.sound(work, AlarmKind.OFFLINE, gateway_id="g-1").id for _ in range(2)]
    sources = [[{"kind": "alarm", "id": one}] for one in ids]
    assert admin.post("/incidents", json=DOOR | {"sources": sources[0]}).status_code == 201
    again = admin.post("/incidents", json=DOOR | {"sources": sources[0]})
    assert (again.status_code, again.json()["errors"]) == (409, [{"field": "sources", "problem": "1"}])
    assert admin.post("/incidents/1/sources", json={"sources": sources[1], "why": "again"}).status_code == 200
    assert len(admin.get("/incidents/1").json()["sources"]) == 2
