"""What Home Assistant is told (MQTT discovery): gates and gateways under pseudonymous ids, and never who passed. Pure.

| entity | component | state |
|---|---|---|
| a gateway | `binary_sensor`, connectivity | ON, OFF |
| a point | `event` | `granted`, `refused`; a refusal with its reason |
| alarms of a gateway or a point | `event` | the kind of alarm, when one is raised |

Ids are marks of the community's keystore, so that whoever reads the broker cannot join them with another list of ours;
names of places are told as they stand on the gates. All topics of a community stand under its own node, so that two of
them may share a broker, and what is retained there can be found again and taken back. A sign of duress is not told: it
is silent at the gate, and a house that flashes its lights for it is not.
Source: Home Assistant, MQTT integration, "MQTT Discovery", "MQTT binary sensor", "MQTT event".
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from card_protocol.words.event import ALARMS, EventKind
from server.services.events.alarms import AlarmKind
from server.services.live import Channel, Fact

ROOT: Final = "onecard/ha"
ID_CHARS: Final = 16
GRANTED, REFUSED = "granted", "refused"

_SILENT: Final = frozenset({AlarmKind.DURESS.value, EventKind.DURESS.value})
ALARM_TYPES: Final = tuple(
    sorted(({kind.value for kind in AlarmKind} | {kind.value for kind in ALARMS}) - {AlarmKind.GATEWAY.value} - _SILENT)
)
"""What an alarm may be called; one that a gateway reported by what the gateway reported."""

Pseudonym = Callable[[str], str]
"""A name of ours -> hex digits that say nothing."""


class Announcement(NamedTuple):
    """One message; `retain` when whoever comes later needs it too. Retained without a payload takes one back."""

    topic: str
    payload: bytes
    retain: bool = False


class Place(NamedTuple):
    """A gateway or a point by its id and the name that people know."""

    id: str
    name: str


@dataclass(frozen=True)
class Names:
    """How everything of this community is called there. `prefix` is Home Assistant's, for discovery."""

    prefix: str
    pseudonym: Pseudonym

    @property
    def node(self) -> str:
        """The community itself."""
        return self.mark("server", "")

    @property
    def status(self) -> str:
        """`online`, or by the last will `offline`: what stands in the others is then old."""
        return f"{ROOT}/{self.node}/status"

    @property
    def retained(self) -> tuple[str, ...]:
        """Filters for everything that is ever retained, and nothing of anybody else."""
        return (f"{self.prefix}/+/onecard-{self.node}/+/config", f"{ROOT}/{self.node}/+/online", self.status)

    def mark(self, what: str, name: str) -> str:
        """The id of a thing."""
        return self.pseudonym(f"{what}:{name}")[:ID_CHARS]

    def topic(self, mark: str, what: str) -> str:
        """Where a thing tells something."""
        return f"{ROOT}/{self.node}/{mark}/{what}"


def taken_back(topic: str) -> Announcement:
    """What is retained there, is no more (MQTT 3.1.1 § 3.3.1.3)."""
    return Announcement(topic, b"", retain=True)


def configs(names: Names, gateways: Iterable[Place], points: Iterable[Place]) -> list[Announcement]:
    """The retained descriptions of all entities."""
    made = []
    for gateway in gateways:
        mark = names.mark("gateway", gateway.id)
        sensor = {"device_class": "connectivity", "state_topic": names.topic(mark, "online")}
        made += [
            _config(names, "binary_sensor", mark, "online", gateway.name, None, sensor),
            _alarm_config(names, mark, gateway.name),
        ]
    for point in points:
        mark = names.mark("point", point.id)
        taps = {"event_types": [GRANTED, REFUSED], "state_topic": names.topic(mark, "tap")}
        made += [
            _config(names, "event", mark, "tap", point.name, "Tap", taps),
            _alarm_config(names, mark, point.name),
        ]
    return made


def of_fact(names: Names, channel: Channel, fact: Fact) -> Announcement | None:
    """What a live fact is told as; None for what is nobody else's business."""
    if channel == "event" and fact["kind"] == EventKind.TAP and fact["point"] is not None:
        told = {"event_type": GRANTED} if fact["granted"] else {"event_type": REFUSED, "reason": str(fact["reason"])}
        return Announcement(names.topic(names.mark("point", fact["point"]), "tap"), _json(told))
    if channel == "alarm":
        return _of_alarm(names, fact)
    if channel == "gateway":
        return online(names, fact["id"], bool(fact["online"]))
    return None


def online(names: Names, gateway: str, is_online: bool) -> Announcement:
    """How a gateway stands."""
    mark = names.mark("gateway", gateway)
    return Announcement(names.topic(mark, "online"), b"ON" if is_online else b"OFF", retain=True)


def _of_alarm(names: Names, fact: Fact) -> Announcement | None:
    """When it is raised: not again when somebody acknowledges or forwards it."""
    if fact["acknowledged_ms"] is not None or fact["forwarded_ms"] is not None:
        return None
    kind = str(fact["detail"].get("kind", "") if fact["kind"] == AlarmKind.GATEWAY else fact["kind"])
    what, where = ("point", fact["point"]) if fact["point"] is not None else ("gateway", fact["gateway_id"])
    if where is None or kind not in ALARM_TYPES:
        return None
    return Announcement(names.topic(names.mark(what, where), "alarm"), _json({"event_type": kind}))


def _alarm_config(names: Names, mark: str, device: str) -> Announcement:
    kinds = {"event_types": list(ALARM_TYPES), "state_topic": names.topic(mark, "alarm")}
    return _config(names, "event", mark, "alarm", device, "Alarm", kinds)


def _config(
    names: Names, component: str, mark: str, what: str, device: str, name: str | None, more: Mapping[str, Any]
) -> Announcement:
    unique = f"onecard-{mark}-{what}"
    described = {
        "name": name,
        "unique_id": unique,
        "object_id": unique,
        "availability_topic": names.status,
        "device": {"identifiers": [f"onecard-{mark}"], "name": device, "manufacturer": "onecard"},
        "origin": {"name": "onecard"},
        **more,
    }
    topic = f"{names.prefix}/{component}/onecard-{names.node}/{mark}-{what}/config"
    return Announcement(topic, _json(described), retain=True)


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
