"""Idempotency-Key over HTTP: a broken line does not make two people out of one."""

import threading

import pytest
from fastapi.testclient import TestClient

from server.api import once as middleware
from server.services import once
from server.services.once import Refusal
from server.services.people import holders
from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import Community

WANG = {"name": "王秀英"}
KEY = {"Idempotency-Key": "e5b1c7f0"}


def people(admin: TestClient) -> int:
    return len(admin.get("/holders").json()["items"])


def test_the_same_request_twice_is_one_person(admin: TestClient) -> None:
    first, again = (admin.post("/holders", json=WANG, headers=KEY) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert people(admin) == 1


def test_without_a_key_or_with_another_it_is_another_person(admin: TestClient) -> None:
    for headers in ({}, {}, KEY, {"Idempotency-Key": "other"}):
        assert admin.post("/holders", json=WANG, headers=headers).status_code == 201
    assert people(admin) == 4


def test_a_key_used_for_something_else_is_refused(admin: TestClient) -> None:
    admin.post("/holders", json=WANG, headers=KEY)
    said = admin.post("/holders", json={"name": "李建国"}, headers=KEY)
    assert said.status_code == 422
    assert "another request" in said.json()["detail"]
    assert people(admin) == 1


def test_a_refusal_is_an_answer_too(admin: TestClient) -> None:
    first, again = (admin.post("/holders", json={"name": ""}, headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (422, 422)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_want_of_rights_and_our_own_faults_give_the_key_back(
    client: Client, admin: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client(Role.GUARD).post("/holders", json=WANG, headers=KEY).status_code == 403
    with monkeypatch.context() as broken:
        broken.setattr(holders, "add", lambda *_: 1 / 0)
        assert admin.post("/holders", json=WANG, headers=KEY).status_code == 500
    assert admin.post("/holders", json=WANG, headers=KEY).status_code == 201


def test_two_that_arrive_together_are_carried_out_once(
    admin: TestClient, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go_on, add = threading.Event(), threading.Event(), holders.add

    def slow(*given: object) -> object:
        entered.set()
        assert go_on.wait(30)
        return add(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(holders, "add", slow)
    answers: list[int] = []
    first = threading.Thread(target=lambda: answers.append(admin.post("/holders", json=WANG, headers=KEY).status_code))
    first.start()
    assert entered.wait(30)
    said = admin.post("/holders", json=WANG, headers=KEY)
    go_on.set()
    first.join(30)
    assert (answers, said.status_code) == ([201], 409)
    assert "under way" in said.json()["detail"]
    assert people(admin) == 1


def test_a_secret_that_is_shown_once_is_not_kept(admin: TestClient) -> None:
    first, again = (admin.post("/gateways/g-9/claim", headers=KEY) for _ in range(2))
    assert first.json()["claim"]
    assert (again.status_code, again.json()["detail"]) == (409, "It was carried out; its answer is not kept.")


def test_a_token_that_has_ended_hears_nothing(client: Client, admin: TestClient) -> None:
    admin.post("/holders", json=WANG, headers=KEY)
    stranger = client(None)
    assert stranger.post("/holders", json=WANG, headers=KEY).status_code == 401
    old = admin.headers["Authorization"]
    client(Role.ADMIN)  # a new token of the same name ends the old one
    assert stranger.post("/holders", json=WANG, headers={**KEY, "Authorization": old}).status_code == 401


@pytest.mark.parametrize("key", ["", "x" * (middleware.KEY_MAX_CHARS + 1), "a\tb"])
def test_what_is_no_key(key: str, admin: TestClient) -> None:
    said = admin.post("/holders", json=WANG, headers={"Idempotency-Key": key})
    assert said.status_code == 422
    assert people(admin) == 0


def test_a_request_too_long_to_compare_is_refused(admin: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "REQUEST_MAX_BYTES", 10)
    assert admin.post("/holders", json=WANG, headers=KEY).status_code == 422


def test_every_refusal_has_its_sentence() -> None:
    assert set(middleware._SAID) == set(Refusal)
    assert once.BODY_MAX_BYTES > 0
