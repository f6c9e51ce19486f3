"""Houses over the API."""

from fastapi.testclient import TestClient

from tests.server.api.conftest import on_both
from tests.server.build import Community


@on_both
def test_houses_are_entered_found_and_lived_in(community: Community, admin: TestClient) -> None:
    made = admin.post("/houses", json={"code": "3幢1单元502室", "note": "顶楼"})
    assert made.status_code == 201
    house = made.json()
    assert house["code"] == "3-1-502"
    person = community.holder("王秀英", house="3-1-502")
    assert admin.get("/houses", params={"q": "3-1"}).json()["items"] == [house]
    assert admin.get(f"/houses/{house['id']}").json() == house
    (home,) = admin.get(f"/houses/{house['id']}/households").json()["items"]
    assert [member["holder_id"] for member in home["members"]] == [person.id]


def test_what_is_no_new_house_is_a_problem(admin: TestClient) -> None:
    assert admin.post("/houses", json={"code": "x"}).status_code == 422
    assert admin.post("/houses", json={"code": "1-1-101"}).status_code == 201
    assert admin.post("/houses", json={"code": "1-1-101"}).status_code == 409
    assert admin.get("/houses/01HZZZZZZZZZZZZZZZZZZZZZZZ/households").status_code == 404
