"""Notices over the API."""

from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import Community
from tests.server.services.notices.test_notices import notice


def test_written_read_and_withdrawn(community: Community, client: Client) -> None:
    api = client(Role.CLERK)
    assert api.post("/notices/readers", json={"address": "wang@example.org"}).status_code == 204
    made = api.post("/notices", json=notice(by_mail=True).model_dump(mode="json"))
    assert (made.status_code, made.json()["state"]) == (201, "shown")
    file = api.get("/notices/1").json()
    assert (file["mail"]["waiting"], [place["reached"] for place in file["reach"]]) == (1, [False])
    assert api.delete("/notices/readers/wang@example.org").status_code == 204
    assert api.post("/notices/1/withdraw", json={"why": ""}).status_code == 422
    assert api.post("/notices/1/withdraw", json={"why": "改期"}).json()["state"] == "withdrawn"
    assert api.post("/notices/1/withdraw", json={"why": "改期"}).status_code == 409
    assert [one["number"] for one in api.get("/notices").json()["items"]] == [1]
