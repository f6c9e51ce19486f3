"""/cards"""

import asyncio
import threading
from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from card_protocol.words.moment import DAY_MS
from server.api.cards import STEPS, Step
from server.services.roles import Role
from tests.server.api.conftest import Client, api_on, on_both
from tests.server.build import Community
from tests.server.desk import DESK, UID, Reader, stock_card


@pytest.mark.parametrize(
    ("step", "state"),
    [(Step.REVOKE, "revoked"), (Step.SUSPEND, "suspended"), (Step.LOSE, "lost"), (Step.RETURN, "returned")],
)
def test_a_step_is_taken_once(community: Community, admin: TestClient, step: Step, state: str) -> None:
    card = community.active_card()
    answer = admin.post(f"/cards/{card.id}/{step}", json={"why": "told at the desk"})
    assert (answer.status_code, answer.json()["state"]) == (200, state)
    again = admin.post(f"/cards/{card.id}/{step}")
    assert (again.status_code, again.json()["type"]) == (409, "urn:onecard:problem:wrong-state")


def test_every_step_is_in_the_table() -> None:
    assert set(STEPS) == set(Step)


@on_both
def test_a_card_goes_all_the_way_round(community: Community, admin: TestClient) -> None:
    card = community.active_card()
    for step in (Step.SUSPEND, Step.RESUME, Step.RETURN, Step.RESTOCK):
        assert admin.post(f"/cards/{card.id}/{step}").status_code == 200
    assert admin.get(f"/cards/{card.id}").json()["holder_id"] is None


def test_a_guard_takes_away_and_does_not_give_back(community: Community, client: Client) -> None:
    card, guard = community.active_card(), client(Role.GUARD)
    assert guard.post(f"/cards/{card.id}/suspend").status_code == 200
    assert guard.post(f"/cards/{card.id}/resume").status_code == 403


@on_both
def test_cards_are_found(community: Community, admin: TestClient) -> None:
    one, other = community.active_card("04010203040506"), community.active_card("04AAAAAAAAAAAA")
    admin.post(f"/cards/{other.id}/lose")
    found = admin.get("/cards", params={"state": "lost"}).json()["items"]
    assert [card["id"] for card in found] == [other.id]
    first = admin.get("/cards", params={"limit": 1}).json()
    second = admin.get("/cards", params={"limit": 1, "after": first["next"]}).json()
    assert [page["items"][0]["id"] for page in (first, second)] == [other.id, one.id]


def test_a_revoked_card_has_a_receipt(community: Community, admin: TestClient) -> None:
    community.box()
    card = community.active_card()
    assert admin.get(f"/cards/{card.id}/receipt").status_code == 404
    admin.post(f"/cards/{card.id}/lose")
    found = admin.get(f"/cards/{card.id}/receipt").json()
    assert (found["state"], found["rev_seq"]) == ("lost", 1)
    assert [line["gateway"] for line in found["lines"]] == ["g-1"]


def test_rights_are_changed(community: Community, admin: TestClient) -> None:
    card = community.active_card()
    until = community.now[0] + 3 * DAY_MS
    changed = admin.put(
        f"/cards/{card.id}/rights", json={"levels": [], "valid_to_ms": until}, headers={"If-Match": "*"}
    ).json()
    assert (changed["levels"], changed["valid_to_ms"]) == ([], until)
    wrong = admin.put(
        f"/cards/{card.id}/rights", json={"levels": ["moon"], "valid_to_ms": until}, headers={"If-Match": "*"}
    )
    assert wrong.json()["errors"] == [{"field": "levels", "problem": "unknown"}]


@pytest.fixture
def order(community: Community) -> dict[str, object]:
    until = community.now[0] + 365 * DAY_MS
    return {"holder_id": community.holder().id, "desk": DESK, "levels": ["residents"], "valid_to_ms": until}


async def post(community: Community, order: dict[str, object]) -> httpx.Response:
    """Over ASGI in one event loop, as the server runs: the desk and the request share it."""
    headers = {"Authorization": f"Bearer {community.token(Role.ADMIN)}"}
    transport = httpx.ASGITransport(api_on(community.house))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as http:
        return await http.post("/cards", json=order)


def test_a_card_is_issued_at_a_desk(community: Community, order: dict[str, object]) -> None:
    async def story() -> httpx.Response:
        reader = Reader(community).join()
        await reader.put(stock_card())
        return await post(community, order)

    answer = asyncio.run(story())
    assert answer.status_code == 201
    assert (answer.json()["uid"], answer.json()["state"]) == (UID, "active")
    assert answer.headers["location"] == f"/api/v1/cards/{answer.json()['id']}"


def test_what_goes_wrong_at_a_desk_is_told(community: Community, order: dict[str, object]) -> None:
    away = asyncio.run(post(community, order))
    assert (away.status_code, away.json()["type"]) == (409, "urn:onecard:problem:desk-not-connected")

    async def no_card() -> httpx.Response:
        Reader(community).join()
        return await post(community, order | {"wait_ms": 100})

    answer = asyncio.run(no_card())
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:onecard:problem:no-card")


@pytest.mark.parametrize("change", [{"wait_ms": 10}, {"levels": []}, {"desk": "Desk 1"}, {"valid_to_ms": -1}])
def test_an_order_that_makes_no_sense_is_refused(
    admin: TestClient, order: dict[str, object], change: dict[str, object]
) -> None:
    assert admin.post("/cards", json=order | change).status_code == 422


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name in ("intake", "publisher")]
