"""What Home Assistant is told (MQTT discovery): gates and gateways under pseudonymous ids, and never who passed. Pure.

| entity | component | state |
|---|---|---|
| a gateway | `binary_sensor`, connectivity | ON, OFF |
| a point | `event` | `granted`, `refused`; a refusal with its reason |
| alarms of a gateway or a point | `event` | the kind of alarm, when one is raised |

Ids are marks of the community's keystore, so that whoever reads the broker cannot join them with another list of ours.
Source: Home Assistant, MQTT integration, "MQTT Discovery", "MQTT binary sensor", "MQTT event".
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from card_protocol.words.event import EventKind
from server.services.events.alarms import AlarmKind
from server.services.live import Channel, Fact

ROOT: Final = "onecard/ha"
STATUS: Final = f"{ROOT}/status"
"""`online`, or by the last will `offline`: what stands in the others is then old."""

ID_CHARS: Final = 16
GRANTED, REFUSED = "granted", "refused"

Pseudonym = Callable[[str], str]
"""A name of ours -> hex digits that say nothing."""


class Announcement(NamedTuple):
    """One message; `retain` when whoever comes later needs it too."""

    topic: str
    payload: bytes
    retain: bool = False


class Place(NamedTuple):
    """A gateway or a point by its id and the name that people know."""

    id: str
    name: str


def configs(
    prefix: str, pseudonym: Pseudonym, gateways: Iterable[Place], points: Iterable[Place]
) -> list[Announcement]:
    """The retained descriptions of all entities."""
    made = []
    for gateway in gateways:
        mark = _mark(pseudonym, "gateway", gateway.id)
        sensor = {"device_class": "connectivity", "state_topic": f"{ROOT}/{mark}/online"}
        made += [
            _config(prefix, "binary_sensor", f"{mark}-online", gateway.name, None, sensor),
            _alarm_config(prefix, mark, gateway.name),
        ]
    for point in points:
        mark = _mark(pseudonym, "point", point.id)
        taps = {"event_types": [GRANTED, REFUSED], "state_topic": f"{ROOT}/{mark}/tap"}
        made += [
            _config(prefix, "event", f"{mark}-tap", point.name, "Tap", taps),
            _alarm_config(prefix, mark, point.name),
        ]
    return made


def of_fact(pseudonym: Pseudonym, channel: Channel, fact: Fact) -> Announcement | None:
    """What a live fact is told as; None for what is nobody else's business."""
    if channel == "event" and fact["kind"] == EventKind.TAP and fact["point"] is not None:
        told = {"event_type": GRANTED} if fact["granted"] else {"event_type": REFUSED, "reason": str(fact["reason"])}
        return Announcement(f"{ROOT}/{_mark(pseudonym, 'point', fact['point'])}/tap", _json(told))
    if channel == "alarm" and fact["acknowledged_ms"] is None:
        what, where = ("point", fact["point"]) if fact["point"] is not None else ("gateway", fact["gateway_id"])
        if where is not None:
            told = {"event_type": str(fact["kind"])}
            return Announcement(f"{ROOT}/{_mark(pseudonym, what, where)}/alarm", _json(told))
    if channel == "gateway":
        return online(pseudonym, fact["id"], bool(fact["online"]))
    return None


def online(pseudonym: Pseudonym, gateway: str, is_online: bool) -> Announcement:
    """How a gateway stands."""
    mark = _mark(pseudonym, "gateway", gateway)
    return Announcement(f"{ROOT}/{mark}/online", b"ON" if is_online else b"OFF", retain=True)


def _alarm_config(prefix: str, mark: str, name: str) -> Announcement:
    kinds = {"event_types": [kind.value for kind in AlarmKind], "state_topic": f"{ROOT}/{mark}/alarm"}
    return _config(prefix, "event", f"{mark}-alarm", name, "Alarm", kinds)


def _config(
    prefix: str, component: str, unique: str, device: str, name: str | None, more: Mapping[str, Any]
) -> Announcement:
    described = {
        "name": name,
        "unique_id": f"onecard-{unique}",
        "object_id": f"onecard-{unique}",
        "availability_topic": STATUS,
        "device": {"identifiers": [f"onecard-{unique.partition('-')[0]}"], "name": device, "manufacturer": "onecard"},
        "origin": {"name": "onecard"},
        **more,
    }
    return Announcement(f"{prefix}/{component}/onecard-{unique}/config", _json(described), retain=True)


def _mark(pseudonym: Pseudonym, what: str, name: str) -> str:
    return pseudonym(f"{what}:{name}")[:ID_CHARS]


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
