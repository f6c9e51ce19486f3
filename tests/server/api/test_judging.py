"""/explain, /events/{id}/replay, /whatif"""

import pytest
from fastapi.testclient import TestClient

from card_protocol.words.reason import Reason
from server.services.roles import Role
from tests.server.api.conftest import Client, on_both
from tests.server.build import NOW_MS, Community
from tests.server.services.access.test_replaying import Gate


@pytest.fixture
def gate(community: Community) -> Gate:
    return Gate(community, community.box())


@on_both
def test_why_is_answered_now_and_at_a_moment(community: Community, admin: TestClient) -> None:
    card = community.active_card()
    now = admin.get("/explain", params={"card": card.id, "point": "clinic"}).json()
    assert (now["granted"], now["reason"], now["rule"]) == (False, "wrong_point", "right")
    assert (now["at_ms"], now["policy_version"]) == (community.now[0], 0)
    assert now["display_zh"]
    assert now["guard_en"] == now["objections"][0]["guard_en"]
    later = admin.get("/explain", params={"card": card.id, "point": "south-gate-in", "at": NOW_MS * 2}).json()
    assert later["reason"] == "expired"


@on_both
def test_a_past_tap_is_decided_again(gate: Gate, admin: TestClient, client: Client) -> None:
    card = gate.community.active_card()
    gate.learn()
    event = gate.tap(card.id)
    again = admin.get(f"/events/{event}/replay").json()
    assert (again["agrees"], again["now_reason"], again["policy_version"]) == (True, "granted", 1)
    assert admin.get("/events/999999/replay").status_code == 404
    assert client(Role.OFFICIAL).get(f"/events/{event}/replay").status_code == 403


@on_both
def test_last_month_by_changed_rules_is_for_those_who_may_change_them(
    gate: Gate, admin: TestClient, client: Client
) -> None:
    card = gate.community.active_card()
    gate.learn()
    gate.tap(card.id)
    gate.community.now[0] += 1
    change = {"levels": [{"id": "residents", "points": []}]}
    found = admin.post("/whatif", json=change).json()
    assert [(d["before"], d["after"]) for d in found["differences"]] == [("granted", Reason.WRONG_POINT.value)]
    assert admin.post("/whatif", json={"levels": [{"id": "residents", "schedule": "x"}]}).status_code == 422
    assert client(Role.GUARD).post("/whatif", json=change).status_code == 403
