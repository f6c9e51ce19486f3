"""Who may come in: every route is opened by every role."""

import pytest
from fastapi.testclient import TestClient

from server.api.application import build_api
from server.services import tokens
from server.services.roles import Role
from tests.server.api.conftest import Client, on_both
from tests.server.build import ADMIN, Community

OPEN = {
    ("GET", "/health"),
}
"""Routes without a token: a sign of life, and some that believe a claim or a gateway's signature instead."""

GUARDS = {
    ("GET", "/alarms"),
    ("GET", "/areas"),
    ("GET", "/calendar"),
    ("GET", "/cards"),
    ("GET", "/cards/{card_id}"),
    ("GET", "/cards/{card_id}/receipt"),
    ("GET", "/events"),
    ("GET", "/events/{event_id}"),
    ("GET", "/events/{event_id}/replay"),
    ("GET", "/explain"),
    ("GET", "/gateways"),
    ("GET", "/gateways/{gateway}"),
    ("GET", "/gateways/{gateway}/commands"),
    ("GET", "/gateways/{gateway}/commands/{number}"),
    ("GET", "/holders"),
    ("GET", "/holders/{holder_id}"),
    ("GET", "/levels"),
    ("GET", "/muster"),
    ("GET", "/occupancy"),
    ("GET", "/org-units"),
    ("GET", "/points"),
    ("GET", "/privileges"),
    ("GET", "/schedules"),
    ("POST", "/alarms/{alarm_id}/acknowledge"),
    ("POST", "/areas/{area}/lockdown"),
    ("POST", "/cards/{card_id}/{step}"),
    ("POST", "/gateways/{gateway}/commands"),
}
"""What a guard's token opens."""

ULID = "01HZZZZZZZZZZZZZZZZZZZZZZZ"
PLACES = {"card_id": ULID, "holder_id": ULID, "alarm_id": ULID, "event_id": "1", "step": "revoke", "sha256": "0" * 64}


def routes(community: Community) -> list[tuple[str, str]]:
    paths = build_api(community.house).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def opened(client: TestClient, method: str, path: str) -> int:
    """What a route answers to a request that may be wrong in everything but who sends it."""
    for name in ("gateway", "point_id", "schedule_id", "level_id", "code"):
        path = path.replace("{" + name + "}", "330105008001" if name == "code" else "thing")
    for name, value in PLACES.items():
        path = path.replace("{" + name + "}", value)
    query = "?card=" + ULID + "&point=gate" if path == "/explain" else ""
    return client.request(method, path + query, json={}).status_code


def test_every_route_is_opened_by_every_role(community: Community, client: Client) -> None:
    everything = routes(community)
    assert len(everything) > 25
    assert set(everything) >= OPEN | GUARDS
    clients = {role: client(role) for role in (Role.ADMIN, Role.GUARD, Role.DESK, None)}
    wrong = [
        f"{method} {path}: {role or 'nobody'} got {status}"
        for method, path in everything
        for role, one in clients.items()
        if not fits(role, (method, path), status := opened(one, method, path))
    ]
    assert wrong == []


def fits(role: Role | None, route: tuple[str, str], status: int) -> bool:
    """Whether somebody was let in who may, and nobody else."""
    if route in OPEN:
        return status not in (401, 500)
    if role is None:
        return status == 401
    if role is Role.ADMIN or (role is Role.GUARD and route in GUARDS):
        return status not in (401, 403, 500)
    return status == 403


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer oc_00", "Basic YTpi", "oc_00"])
def test_what_is_no_token_opens_nothing(client: Client, header: str) -> None:
    answer = client(None).get("/points", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_revoked_token_opens_nothing_any_more(community: Community, client: Client) -> None:
    guard = client(Role.GUARD)
    assert guard.get("/points").status_code == 200
    with community.transactions.work(ADMIN) as work:
        tokens.revoke(work, "guard")
    assert guard.get("/points").status_code == 401


@pytest.mark.parametrize(("limit", "status"), [("0", 422), ("501", 422), ("500", 200), ("x", 422)])
def test_pages_are_bounded(admin: TestClient, limit: str, status: int) -> None:
    assert admin.get("/cards", params={"limit": limit}).status_code == status


@on_both
@pytest.mark.parametrize("path", ["/holders?q=%00", "/cards?q=%00", "/holders/%00", "/cards/nonsense", "/events/0"])
def test_noise_in_an_address_is_the_callers_mistake(admin: TestClient, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code in (200, 422)
    assert answer.headers["content-type"] != "text/html"
