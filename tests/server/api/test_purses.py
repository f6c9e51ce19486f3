"""Purses, meals and subsidies over the API."""

from fastapi.testclient import TestClient

from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import Community
from tests.server.services.purses.test_purses import STATION, hear, made, station


def test_books_day_and_subsidies(community: Community, client: Client) -> None:
    station(community)
    card = community.active_card()
    hear(community, made(card.id, 1, 0, -800))
    care = client(Role.CARE)
    assert care.get(f"/purses/{card.id}").json()["lines"][0]["point"] == STATION
    day = care.get("/meals", params={"point": STATION}).json()
    assert (day["day"], day["stations"][0]["taken"]) == ("2026-03-01", 800)
    assert care.get("/meals", params={"day": "9999-12-31"}).status_code == 422, "a day without a next one"
    terms = {"per_meal": 400, "day_limit": 600, "first": "2026-03-01"}
    path = f"/subsidies/{card.holder_id}"
    assert care.post(path, json=terms).status_code == 201
    assert [one["per_meal"] for one in care.get(path).json()["items"]] == [400]
    assert care.get(f"{path}/standing").json() == {"accrued": 400, "paid": 0, "due": 400}
    ended = care.post(f"{path}/end")
    assert (ended.status_code, ended.json()) == (200, []), "they began today: nobody has earned anything by them"
    earlier = care.post(path, json=terms | {"first": "2026-02-01"}).json()
    assert care.post(f"{path}/end").json() == [earlier | {"last": "2026-02-28"}]
    assert care.post("/subsidies/01JQZ3V5W0000000000000000A/end").status_code == 404


def test_who_may(community: Community, client: Client) -> None:
    card = community.active_card()
    for role, ledger, day, credit in (
        (Role.CLERK, 200, 403, 409),
        (Role.CARE, 200, 200, 403),
        (Role.GUARD, 403, 403, 403),
        (Role.NURSE, 403, 403, 403),
        (Role.ADMIN, 200, 403, 409),
    ):
        asks: TestClient = client(role)
        assert asks.get(f"/purses/{card.id}").status_code == ledger, role
        assert asks.get("/meals").status_code == day, role
        assert asks.post("/purses/top-up", json={"desk": "desk-1", "amount": 100}).status_code == credit, role
