"""The care board over the API."""

from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.roles import Role
from tests.server.api.conftest import Client, on_both
from tests.server.build import ADMIN, Community


@on_both
def test_a_case_from_worry_to_outcome(community: Community, client: Client) -> None:
    person = community.holder()
    care = client(Role.CARE)
    assert care.put(f"/care/watch/{person.id}", json={"contact_name": "小王"}).status_code == 200
    with community.transactions.work(ADMIN) as work:
        consents.say(work, person.id, Purpose.NOT_SEEN, True)
    case = care.post(f"/care/watch/{person.id}/case", json={"note": "not at lunch"}).json()
    assert care.get("/care/board").json()["people"][0]["case"]["id"] == case["id"]
    assert care.post(f"/care/cases/{case['id']}/deeds", json={"deed": "seen"}).status_code == 422
    done = care.post(f"/care/cases/{case['id']}/deeds", json={"deed": "hospital"})
    assert done.json()["outcome"] == "hospital"
    assert care.get(f"/care/cases/{case['id']}").json()["steps"][-1]["deed"] == "hospital"
    assert care.post(f"/care/cases/{case['id']}/deeds", json={"deed": "well"}).status_code == 409
    assert care.get("/care/board").json()["counts"]["true_alarms"] == 1


def test_a_forged_care_alarm_is_refused(community: Community, client: Client) -> None:
    """Who is no care worker raises none, and nobody raises one of somebody who is not watched."""
    person = community.holder()
    path = f"/care/watch/{person.id}/case"
    assert client(None).post(path, json={}).status_code == 401
    for role in (Role.GUARD, Role.ADMIN, Role.NURSE):
        assert client(role).post(path, json={}).status_code == 403
    care = client(Role.CARE)
    assert care.post(path, json={}).status_code == 404
    assert care.put(f"/care/watch/{person.id}", json={}).status_code == 200
    assert care.post(path, json={}).json()["type"].endswith("wrong-state")


def test_absence_and_visits(community: Community, client: Client) -> None:
    person = community.holder()
    care = client(Role.CARE)
    care.put(f"/care/watch/{person.id}", json={})
    away = f"/care/watch/{person.id}/absence"
    assert care.get(away).status_code == 404
    put = care.put(away, json={"kind": "away", "until": "2026-03-09"})
    assert (put.status_code, put.json()["until"]) == (200, "2026-03-09")
    read = care.get(away)
    assert read.headers["etag"] == put.headers["etag"]
    hospital = {"kind": "hospital"}
    assert care.put(away, json=hospital).status_code == 428
    changed = care.put(away, json=hospital, headers={"If-Match": read.headers["etag"]})
    assert changed.json()["until"] is None
    stale = care.put(away, json={"kind": "away"}, headers={"If-Match": read.headers["etag"]})
    assert stale.status_code == 412, "two who change the same thing do not undo each other's work unseen"
    back = {"kind": "away", "until": "2026-03-09"}
    assert care.put(away, json=back, headers={"If-Match": changed.headers["etag"]}).status_code == 200
    assert care.get("/care/board").json()["people"][0]["away_until_ms"] is not None
    assert care.delete(away).status_code == 204
    assert care.get("/care/visits").json()["items"] == []
