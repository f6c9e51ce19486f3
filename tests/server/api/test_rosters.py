"""/rosters"""

from fastapi.testclient import TestClient

from server.services.roles import Role
from tests.server.api.conftest import Client

WANG = {"body": "group", "title": "组长", "name": "王秀英", "area": "3", "from_day": "2025-01-01"}


def test_posts_are_entered_read_and_ended(admin: TestClient, client: Client) -> None:
    made = admin.post("/rosters", json=WANG)
    assert (made.status_code, made.json()["term"]) == (201, "runs")
    guard = client(Role.GUARD)
    assert guard.get("/rosters").json()["items"] == [made.json()]
    assert guard.post("/rosters", json=WANG).status_code == 403
    ended = admin.post(f"/rosters/{made.json()['id']}/end", json={"to_day": "2026-02-28"})
    assert ended.json()["term"] == "over"
    assert guard.get("/rosters").json()["items"] == []
    assert len(guard.get("/rosters?past=true").json()["items"]) == 1
    assert admin.post("/rosters", json=WANG | {"to_day": "2024-01-01"}).status_code == 422
    assert admin.post("/rosters", json=WANG | {"from_day": "x"}).status_code == 422
