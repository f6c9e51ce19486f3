"""/areas, /privileges, /cards/{id}/traits"""

from fastapi.testclient import TestClient

from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import Community

YARD = {"id": "yard", "name_zh": "院", "name_en": "Yard", "passback": "timed", "passback_ms": 60_000, "capacity": 5}


def test_an_area_is_set_listed_and_removed(admin: TestClient) -> None:
    made = admin.put("/areas/yard", json=YARD).json()
    assert made == YARD | {"number": 1}
    assert admin.get("/areas").json()["items"] == [made]
    assert admin.put("/areas/other", json=YARD).status_code == 422
    assert admin.put("/areas/yard", json=YARD | {"capacity": -1}).status_code == 422
    assert admin.delete("/areas/yard").status_code == 204
    assert admin.delete("/areas/yard").status_code == 404


def test_privileges_are_replaced(admin: TestClient) -> None:
    given = {"first_person": ["staff"], "escort": [], "lockdown": [["police"], []]}
    assert admin.put("/privileges", json=given, headers={"If-Match": "*"}).json() == given
    assert admin.get("/privileges").json() == given
    assert admin.put("/privileges", json={"kings": []}).status_code == 422


def test_traits_of_a_card(community: Community, admin: TestClient, client: Client) -> None:
    card = community.active_card()
    given = {"roles": ["staff"], "escorted": False, "duress": False, "uses": 3}
    assert admin.put(f"/cards/{card.id}/traits", json=given, headers={"If-Match": "*"}).json() == given
    assert admin.get(f"/cards/{card.id}/traits").json() == given
    assert admin.put(f"/cards/{card.id}/traits", json={"uses": 0}).status_code == 422
    assert client(Role.GUARD).put(f"/cards/{card.id}/traits", json=given).status_code == 403
