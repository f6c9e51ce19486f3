"""What Home Assistant is told, and what it is not."""

import json
from hashlib import sha256

from paho.mqtt.client import topic_matches_sub

from server.services.smart_home.ha_discovery import ALARM_TYPES, ROOT, Names, Place, configs, of_fact, online


def mark(name: str) -> str:
    return sha256(name.encode()).hexdigest()


NAMES = Names("homeassistant", mark)

TAP = {
    "kind": "tap", "point": "south-gate-in", "granted": True, "reason": "granted",
    "name": "王秀英", "card_id": "01JD", "card_number": 7, "uid": "04", "holder_id": "01JH", "house": "3-1-502",
}  # fmt: skip


def test_every_gateway_and_point_is_described_once_and_kept() -> None:
    made = configs(NAMES, [Place("g-1", "South gate")], [Place("south-gate-in", "南门进")])
    assert all(one.retain for one in made)
    bodies = [json.loads(one.payload) for one in made]
    assert len({body["unique_id"] for body in bodies}) == len(made) == 4
    assert {body["availability_topic"] for body in bodies} == {NAMES.status}
    assert [one.topic.split("/")[:2] for one in made] == [
        ["homeassistant", "binary_sensor"],
        ["homeassistant", "event"],
        ["homeassistant", "event"],
        ["homeassistant", "event"],
    ]
    assert "south-gate-in" not in str(made)
    assert set(bodies[1]["event_types"]) == set(ALARM_TYPES)
    assert all(fits(one.topic) for one in [*made, online(NAMES, "g-1", True)]), "else nobody could take it back"
    other = Names("homeassistant", lambda name: mark("other" + name))
    assert not any(fits(one.topic) for one in configs(other, [Place("g-1", "x")], [])), "two may share a broker"


def fits(topic: str) -> bool:
    return any(topic_matches_sub(filter_, topic) for filter_ in NAMES.retained)


def test_a_tap_says_where_and_whether_and_never_who() -> None:
    told = of_fact(NAMES, "event", TAP)
    assert told is not None
    (description,) = [
        json.loads(one.payload) for one in configs(NAMES, [], [Place("south-gate-in", "x")]) if "tap" in one.topic
    ]
    assert told.topic == description["state_topic"]
    assert json.loads(told.payload) == {"event_type": "granted"}
    assert not told.retain
    refused = of_fact(NAMES, "event", TAP | {"granted": False, "reason": "revoked"})
    assert refused is not None
    assert json.loads(refused.payload) == {"event_type": "refused", "reason": "revoked"}
    for one in (told, refused):
        assert not any(str(who) in str(one) for who in ("王秀英", "01JD", "01JH", "3-1-502", "south-gate-in"))


def test_alarms_are_told_when_they_are_raised_and_gateways_as_they_stand() -> None:
    alarm = {
        "kind": "revoked_tap", "point": "south-gate-in", "gateway_id": "g-1", "acknowledged_ms": None,
        "forwarded_ms": None, "detail": {"seq": 1},
    }  # fmt: skip
    at_point, at_box = of_fact(NAMES, "alarm", alarm), of_fact(NAMES, "alarm", alarm | {"point": None})
    assert at_point is not None
    assert at_box is not None
    assert at_point.topic != at_box.topic
    for later in ({"acknowledged_ms": 1}, {"forwarded_ms": 1}):
        assert of_fact(NAMES, "alarm", alarm | later) is None
    reported = of_fact(NAMES, "alarm", alarm | {"kind": "gateway", "detail": {"kind": "door_forced"}})
    assert reported is not None
    assert json.loads(reported.payload) == {"event_type": "door_forced"}
    for silent in ({"kind": "duress"}, {"kind": "gateway", "detail": {"kind": "duress"}}):
        assert of_fact(NAMES, "alarm", alarm | silent) is None, "it is silent at the gate"
    assert "duress" not in ALARM_TYPES
    assert of_fact(NAMES, "gateway", {"id": "g-1", "online": False}) == online(NAMES, "g-1", False)
    assert online(NAMES, "g-1", True).topic.startswith(ROOT)


def test_what_is_nobody_elses_business_is_not_told() -> None:
    assert of_fact(NAMES, "card", {"id": "x"}) is None
    assert of_fact(NAMES, "event", TAP | {"kind": "boot"}) is None
    assert of_fact(NAMES, "event", TAP | {"point": None}) is None
