"""The clinic over the API."""

from server.services.roles import Role
from tests.server.api.conftest import Client, on_both
from tests.server.build import Community
from tests.server.services.clinic.test_clinic import patient, tap


@on_both
def test_queue_screen_recalls_and_export(community: Community, client: Client) -> None:
    card = patient(community)
    tap(community, card)
    nurse = client(Role.NURSE)
    (ticket,) = nurse.get("/clinic/queue").json()["items"]
    assert nurse.post("/clinic/next").json()["number"] == 1
    assert nurse.post("/clinic/next").json() is None
    assert nurse.get("/clinic/screen").json()["called"][0]["name"] == "王*英"
    assert nurse.post(f"/clinic/tickets/{ticket['id']}/enter").json()["place"] == "inside"
    assert nurse.post(f"/clinic/tickets/{ticket['id']}/call").status_code == 409
    answer = nurse.get("/clinic/fhir")
    assert answer.headers["content-type"] == "application/fhir+json"
    assert [one["resource"]["resourceType"] for one in answer.json()["entry"]] == [
        "Patient",
        "Appointment",
        "Encounter",
    ]
    recall = {"holder_id": ticket["holder_id"], "kind": "check_up", "due": "2026-03-05"}
    made = nurse.post("/clinic/recalls", json=recall)
    assert made.status_code == 201
    assert [one["id"] for one in nurse.get("/clinic/recalls").json()["items"]] == [made.json()["id"]]
    assert nurse.post(f"/clinic/recalls/{made.json()['id']}/came").status_code == 204
    assert nurse.get("/clinic/recalls").json()["items"] == []
