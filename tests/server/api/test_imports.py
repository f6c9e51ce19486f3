"""/imports: another program's list, from the file to people, and back."""

from typing import Any

from fastapi.testclient import TestClient

from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.support.patience import eventually

LIST = "姓名,房号,身份证号\n王秀英,3-1-502,\n李建国,3-1-503,3.30106E+17\n"
"""Excel has ruined the second identity number."""


def send(client: TestClient, text: str | bytes = LIST, subject: str = "people") -> Any:
    return client.post("/imports", data={"subject": subject}, files={"file": ("list.csv", text)})


def ready(client: TestClient, path: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        found = client.get(path).json()
        return found if found["progress"] is None else None

    return eventually(over)


def test_a_list_is_read_mended_taken_over_and_taken_back(client: Client) -> None:
    clerk = client(Role.CLERK)
    made = send(clerk)
    assert (made.status_code, made.json()["rows"]) == (201, 2)
    path = f"/imports/{made.json()['id']}"
    assert clerk.post(f"{path}/columns", json={"mapped": made.json()["mapped"]}).status_code == 202
    assert ready(clerk, path)["counts"] == {"new": 1, "wrong": 1}
    (wrong,) = clerk.get(f"{path}/lines", params={"status": "wrong"}).json()["items"]
    assert list(wrong["flaws"]) == ["id_number"]
    mended = clerk.post(f"{path}/lines/{wrong['number']}", json={"cells": {"2": ""}})
    assert mended.json()["status"] == "new"
    assert clerk.post(f"{path}/apply", json={"new": 2, "changed": 0}).status_code == 202
    assert ready(clerk, path)["state"] == "done"
    assert len(clerk.get("/holders").json()["items"]) == 2
    assert clerk.post(f"{path}/apply", json={"new": 2, "changed": 0}).status_code == 409
    assert [one["id"] for one in clerk.get("/imports").json()["items"]] == [made.json()["id"]]
    assert clerk.post(f"{path}/undo").status_code == 202
    assert ready(clerk, path)["state"] == "undone"
    assert clerk.get("/holders").json()["items"] == []


def test_what_somebody_did_not_agree_to_is_not_taken_over(client: Client) -> None:
    clerk = client(Role.CLERK)
    made = send(clerk).json()
    path = f"/imports/{made['id']}"
    clerk.post(f"{path}/columns", json={"mapped": made["mapped"]})
    ready(clerk, path)
    failed = [clerk.post(f"{path}/apply", json={"new": 2, "changed": 0}).json()["failed"]]

    def over() -> bool:
        found = clerk.get(path).json()
        failed.append(found["failed"])
        return found["progress"] is None

    eventually(over)
    assert "wrong-state" in failed
    assert clerk.get("/holders").json()["items"] == []
    assert clerk.delete(path).status_code == 204
    assert clerk.delete(path).status_code == 409


def test_what_is_no_list_is_refused_with_the_reason(client: Client) -> None:
    clerk = client(Role.CLERK)
    empty = send(clerk, "")
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "file")
    assert send(clerk, subject="cats").status_code == 422
    assert clerk.get("/imports/01HZZZZZZZZZZZZZZZZZZZZZZZ").status_code == 404
    assert client(Role.GUARD).get("/imports").status_code == 403
