"""/visitors"""

from fastapi.testclient import TestClient

from card_protocol.wire.pass_code import decode_code
from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import NOW_MS, Community

GIVEN = {
    "name": "李客",
    "host": "3-1-502",
    "points": ["south-gate-in"],
    "from_ms": NOW_MS,
    "to_ms": NOW_MS + 3_600_000,
    "uses": 1,
}


def test_a_visitor_is_let_in_shown_and_ended(community: Community, client: Client) -> None:
    guard = client(Role.GUARD)
    made = guard.post("/visitors", json=GIVEN)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    number = made.json()["number"]
    assert made.json()["page"].startswith("/visit/")
    assert [one["number"] for one in guard.get("/visitors").json()["items"]] == [number]
    assert "page" not in guard.get(f"/visitors/{number}").json(), "the visitor's address is told once"
    code = guard.get(f"/visitors/{number}/code").json()
    verify = community.house.keystore.grants.verifier.verify
    assert decode_code(code["text"], verify).card_id == made.json()["card_id"]
    assert code["svg"].startswith("<svg")
    assert guard.post(f"/visitors/{number}/end", json={"why": "left"}).json()["ended_why"] == "left"
    assert guard.post(f"/visitors/{number}/end").status_code == 409
    assert guard.get(f"/visitors/{number}/code").status_code == 409
    assert guard.get("/visitors").json()["items"] == []


def test_what_cannot_be_is_refused(admin: TestClient) -> None:
    assert admin.post("/visitors", json=GIVEN | {"points": ["clinic"]}).status_code == 422
    assert admin.post("/visitors", json=GIVEN | {"uses": 51}).status_code == 422
    assert admin.get("/visitors/9").status_code == 404
