"""Arrivals as FHIR R4: one Bundle of Patient, Appointment and Encounter. No diagnosis, for none is kept. Pure.

Source: HL7 FHIR R4 (4.0.1), resources Bundle, Patient, Appointment, Encounter; value sets appointmentstatus,
encounter-status, participationstatus; code system v3-ActCode.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from card_protocol.words.moment import LOCAL_TIME
from server.services.clinic.clinic_queue import Place

ROOT: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:onecard:fhir")
PSEUDONYM_SYSTEM: Final = "urn:onecard:pseudonym"
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

APPOINTMENT: Final = {
    Place.WAITING: "arrived",
    Place.CALLED: "checked-in",
    Place.INSIDE: "fulfilled",
    Place.MISSED: "noshow",
    Place.DONE: "fulfilled",
    Place.LEFT: "cancelled",
}
ENCOUNTER: Final = {
    Place.WAITING: "arrived",
    Place.CALLED: "arrived",
    Place.INSIDE: "in-progress",
    Place.MISSED: "arrived",
    Place.DONE: "finished",
    Place.LEFT: "cancelled",
}


class Arrival(NamedTuple):
    """One arrival of somebody who has consented."""

    ticket_id: str
    pseudonym: str
    name: str
    place: Place
    arrived_ms: int
    inside_ms: int | None
    ended_ms: int | None


def bundle(arrivals: Iterable[Arrival], now_ms: int) -> dict[str, Any]:
    """The Bundle, each patient once."""
    known = list(arrivals)
    patients = {one.pseudonym: one for one in known}
    entries = [_entry("Patient", one.pseudonym, _patient(one)) for one in patients.values()]
    for one in known:
        entries.append(_entry("Appointment", one.ticket_id, _appointment(one)))
        entries.append(_entry("Encounter", one.ticket_id, _encounter(one)))
    return {"resourceType": "Bundle", "type": "collection", "timestamp": _instant(now_ms), "entry": entries}


def _patient(one: Arrival) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": one.pseudonym,
        "identifier": [{"system": PSEUDONYM_SYSTEM, "value": one.pseudonym}],
        "name": [{"text": one.name}],
    }


def _appointment(one: Arrival) -> dict[str, Any]:
    return {
        "resourceType": "Appointment",
        "id": one.ticket_id,
        "status": APPOINTMENT[one.place],
        "created": _instant(one.arrived_ms),
        "participant": [{"actor": {"reference": _urn("Patient", one.pseudonym)}, "status": "accepted"}],
    }


def _encounter(one: Arrival) -> dict[str, Any]:
    period = {"start": _instant(one.inside_ms or one.arrived_ms)}
    if one.ended_ms is not None:
        period["end"] = _instant(one.ended_ms)
    return {
        "resourceType": "Encounter",
        "id": one.ticket_id,
        "status": ENCOUNTER[one.place],
        "class": {"system": ACT_CODE, "code": "AMB", "display": "ambulatory"},
        "subject": {"reference": _urn("Patient", one.pseudonym)},
        "appointment": [{"reference": _urn("Appointment", one.ticket_id)}],
        "period": period,
    }


def _entry(kind: str, name: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {"fullUrl": _urn(kind, name), "resource": resource}


def _urn(kind: str, name: str) -> str:
    return uuid.uuid5(ROOT, f"{kind}/{name}").urn


def _instant(at_ms: int) -> str:
    """2026-03-01T08:00:00+08:00."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(LOCAL_TIME).isoformat()
