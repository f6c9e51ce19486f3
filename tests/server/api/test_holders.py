"""/holders"""

from fastapi.testclient import TestClient

from tests.server.api.conftest import on_both
from tests.server.build import Community


@on_both
def test_a_person_is_entered_found_and_corrected(admin: TestClient) -> None:
    entered = admin.post("/holders", json={"name": "王秀英", "house": "3-1-502", "phone_tail": "4711"})
    assert entered.status_code == 201
    person = entered.json()
    assert admin.get(f"/holders/{person['id']}").json() == person
    assert [found["id"] for found in admin.get("/holders", params={"q": "4711"}).json()["items"]] == [person["id"]]
    changed = admin.put(
        f"/holders/{person['id']}", json={"name": "王秀瑛", "house": "3-1-502"}, headers={"If-Match": "*"}
    ).json()
    assert (changed["name"], changed["phone_tail"]) == ("王秀瑛", "")


def test_what_is_no_person_is_refused(admin: TestClient) -> None:
    for body in ({}, {"name": ""}, {"name": "x", "phone_tail": "1"}, {"name": "x", "title": "Dr"}, {"name": "a\x00b"}):
        answer = admin.post("/holders", json=body)
        assert answer.status_code == 422, body
        assert answer.json()["errors"]


def test_nobody_is_not_found(admin: TestClient) -> None:
    assert admin.get("/holders/01HZZZZZZZZZZZZZZZZZZZZZZZ").status_code == 404


def test_who_moves_out_loses_every_card_and_two_entries_become_one(community: Community, admin: TestClient) -> None:
    card, other = community.active_card(), community.holder("王秀英")
    (ended,) = admin.post(f"/holders/{card.holder_id}/leave", json={"why": "moved"}).json()
    assert (ended["id"], ended["state"]) == (card.id, "revoked")
    merged = admin.post(f"/holders/{other.id}/merge", json={"other": card.holder_id, "why": "twice"})
    assert merged.json()["id"] == other.id
    assert admin.get(f"/holders/{card.holder_id}").status_code == 404
    assert admin.post(f"/holders/{other.id}/merge", json={"other": other.id, "why": "x"}).status_code == 422
