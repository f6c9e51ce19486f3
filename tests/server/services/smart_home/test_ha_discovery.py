"""What Home Assistant is told, and what it is not."""

import json
from hashlib import sha256

from server.services.events.alarms import AlarmKind
from server.services.smart_home.ha_discovery import ROOT, STATUS, Place, configs, of_fact, online


def mark(name: str) -> str:
    return sha256(name.encode()).hexdigest()


TAP = {
    "kind": "tap", "point": "south-gate-in", "granted": True, "reason": "granted",
    "name": "王秀英", "card_id": "01JD", "card_number": 7, "uid": "04", "holder_id": "01JH", "house": "3-1-502",
}  # fmt: skip


def test_every_gateway_and_point_is_described_once_and_kept() -> None:
    made = configs("homeassistant", mark, [Place("g-1", "South gate")], [Place("south-gate-in", "南门进")])
    assert all(one.retain for one in made)
    bodies = [json.loads(one.payload) for one in made]
    assert len({body["unique_id"] for body in bodies}) == len(made) == 4
    assert {body["availability_topic"] for body in bodies} == {STATUS}
    assert [one.topic.split("/")[:2] for one in made] == [
        ["homeassistant", "binary_sensor"],
        ["homeassistant", "event"],
        ["homeassistant", "event"],
        ["homeassistant", "event"],
    ]
    assert "south-gate-in" not in str(made)
    assert set(bodies[1]["event_types"]) == {kind.value for kind in AlarmKind}


def test_a_tap_says_where_and_whether_and_never_who() -> None:
    told = of_fact(mark, "event", TAP)
    assert told is not None
    (description,) = [
        json.loads(one.payload) for one in configs("ha", mark, [], [Place("south-gate-in", "x")]) if "tap" in one.topic
    ]
    assert told.topic == description["state_topic"]
    assert json.loads(told.payload) == {"event_type": "granted"}
    assert not told.retain
    refused = of_fact(mark, "event", TAP | {"granted": False, "reason": "revoked"})
    assert refused is not None
    assert json.loads(refused.payload) == {"event_type": "refused", "reason": "revoked"}
    for one in (told, refused):
        assert not any(str(who) in str(one) for who in ("王秀英", "01JD", "01JH", "3-1-502", "south-gate-in"))


def test_alarms_are_told_when_they_are_raised_and_gateways_as_they_stand() -> None:
    alarm = {"kind": "forced", "point": "south-gate-in", "gateway_id": "g-1", "acknowledged_ms": None}
    at_point, at_box = of_fact(mark, "alarm", alarm), of_fact(mark, "alarm", alarm | {"point": None})
    assert at_point is not None
    assert at_box is not None
    assert at_point.topic != at_box.topic
    assert of_fact(mark, "alarm", alarm | {"acknowledged_ms": 1}) is None
    assert of_fact(mark, "gateway", {"id": "g-1", "online": False}) == online(mark, "g-1", False)
    assert online(mark, "g-1", True).topic.startswith(ROOT)


def test_what_is_nobody_elses_business_is_not_told() -> None:
    assert of_fact(mark, "card", {"id": "x"}) is None
    assert of_fact(mark, "event", TAP | {"kind": "boot"}) is None
    assert of_fact(mark, "event", TAP | {"point": None}) is None
