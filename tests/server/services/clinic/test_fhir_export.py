"""Arrivals as FHIR R4; the JSON below is the referee."""

import json

from server.services.clinic.clinic_queue import Place
from server.services.clinic.fhir_export import APPOINTMENT, ENCOUNTER, Arrival, bundle
from tests.server.build import NOW_MS

ID = "01KJKB3Q00V29PCAEFVC3PQ50E"
REFEREE = """
{
  "resourceType": "Bundle", "type": "collection", "timestamp": "2026-03-01T09:00:00+08:00",
  "entry": [
    {"fullUrl": "urn:uuid:PATIENT", "resource": {
      "resourceType": "Patient", "id": "0011223344556677",
      "identifier": [{"system": "urn:onecard:pseudonym", "value": "0011223344556677"}],
      "name": [{"text": "王秀英"}]}},
    {"fullUrl": "urn:uuid:APPOINTMENT", "resource": {
      "resourceType": "Appointment", "id": "01KJKB3Q00V29PCAEFVC3PQ50E", "status": "fulfilled",
      "created": "2026-03-01T08:00:00+08:00",
      "participant": [{"actor": {"reference": "urn:uuid:PATIENT"}, "status": "accepted"}]}},
    {"fullUrl": "urn:uuid:ENCOUNTER", "resource": {
      "resourceType": "Encounter", "id": "01KJKB3Q00V29PCAEFVC3PQ50E", "status": "finished",
      "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"},
      "subject": {"reference": "urn:uuid:PATIENT"},
      "appointment": [{"reference": "urn:uuid:APPOINTMENT"}],
      "period": {"start": "2026-03-01T08:10:00+08:00", "end": "2026-03-01T08:25:00+08:00"}}}
  ]
}
"""
APPOINTMENT_STATUS = {
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
}
ENCOUNTER_STATUS = {
    "planned",
    "arrived",
    "triaged",
    "in-progress",
    "onleave",
    "finished",
    "cancelled",
    "entered-in-error",
    "unknown",
}
"""The value sets of R4."""

MINUTE = 60_000


def arrival(place: Place = Place.DONE, **fields: object) -> Arrival:
    whole = Arrival(ID, "0011223344556677", "王秀英", place, NOW_MS, NOW_MS + 10 * MINUTE, NOW_MS + 25 * MINUTE)
    return whole._replace(**fields)


def test_one_visit_to_the_letter():
    made = bundle([arrival()], NOW_MS + 60 * MINUTE)
    named = dict(zip(("PATIENT", "APPOINTMENT", "ENCOUNTER"), (one["fullUrl"] for one in made["entry"]), strict=True))
    expected = REFEREE
    for name, url in named.items():
        expected = expected.replace(f"urn:uuid:{name}", url)
        assert url.startswith("urn:uuid:")
    assert made == json.loads(expected)


def test_every_place_has_a_status_of_r4():
    assert set(APPOINTMENT) == set(ENCOUNTER) == set(Place)
    assert set(APPOINTMENT.values()) <= APPOINTMENT_STATUS
    assert set(ENCOUNTER.values()) <= ENCOUNTER_STATUS


def test_a_patient_who_comes_twice_is_there_once_and_an_open_visit_has_no_end():
    other = arrival(Place.WAITING, ticket_id=ID[:-1] + "F", inside_ms=None, ended_ms=None)
    made = bundle([arrival(), other], NOW_MS)
    kinds = [one["resource"]["resourceType"] for one in made["entry"]]
    assert (kinds.count("Patient"), kinds.count("Encounter")) == (1, 2)
    assert list(made["entry"][-1]["resource"]["period"]) == ["start"]
    assert len({one["fullUrl"] for one in made["entry"]}) == 5
