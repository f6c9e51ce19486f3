"""What leaves the house about a fact, and what does not."""

import json

import pytest

from server.services.live import Channel
from server.services.webhooks.cloud_event import Topic, envelope, of_fact

PERSONAL = {"name": "王秀英", "house": "3-2-501", "uid": "04010203040506", "holder_id": "h", "card_id": "c"}
TAP = PERSONAL | {
    "id": 9, "kind": "tap", "gateway": "g-1", "epoch": "e", "seq": 4, "point": "clinic", "granted": True,
    "reason": "granted", "wall_ms": 1_772_323_200_000,
}  # fmt: skip
ALARM = PERSONAL | {
    "id": "a", "kind": "offline", "gateway_id": "g-1", "point": None, "at_ms": 5, "acknowledged_ms": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "fact"),
    [("event", TAP), ("alarm", ALARM), ("card", {"number": 7, "state": "lost"} | PERSONAL | {"id": "c"})],
)
def test_nobody_is_named(channel: Channel, fact: dict[str, object]) -> None:
    found = of_fact(channel, fact)
    assert found is not None
    assert set(found[1]).isdisjoint({"name", "house", "uid", "holder_id", "card_id", "holder_name"})


def test_what_each_kind_tells() -> None:
    assert of_fact("event", TAP) == (
        Topic.TAP,
        {"id": 9, "gateway": "g-1", "epoch": "e", "seq": 4, "point": "clinic", "granted": True, "reason": "granted",
         "wall_ms": 1_772_323_200_000},
    )  # fmt: skip
    assert of_fact("alarm", ALARM | {"acknowledged_ms": 6}) == (
        Topic.ALARM,
        {"id": "a", "kind": "offline", "gateway": "g-1", "point": None, "at_ms": 5, "acknowledged": True},
    )


def test_an_incident_tells_how_it_stands_and_neither_what_nor_whom_it_is_about() -> None:
    stands = {"number": 3, "state": "handled", "unit": "330105009012", "urgency": "high", "due_ms": 9, "overdue": 1}
    fact = stands | {"at_ms": 5, "matter": "care", "title": "王秀英", "holder_id": "h"}
    assert of_fact("incident", fact) == (Topic.INCIDENT, stands | {"at_ms": 5})


def test_a_notice_is_told_with_its_words() -> None:
    fact = {"number": 1, "zh": "停水", "en": "No water", "from_ms": 1, "to_ms": 2, "withdrawn": False}
    assert of_fact("notice", fact | {"made_by": "user:wu"}) == (Topic.NOTICE, fact)


@pytest.mark.parametrize("channel", ["gateway", "desk", "policy", "lost"])
def test_the_rest_is_nobody_elses_business(channel: Channel) -> None:
    assert of_fact(channel, TAP) is None
    assert of_fact("event", TAP | {"kind": "policy_applied"}) is None


def test_the_envelope_is_a_cloud_event() -> None:
    text = envelope("01J", "330105008001", Topic.TAP, {"point": "南门"}, 1_772_323_200_123)
    assert json.loads(text) == {
        "specversion": "1.0",
        "id": "01J",
        "source": "urn:onecard:community:330105008001",
        "type": "onecard.tap",
        "time": "2026-03-01T00:00:00.123+00:00",
        "datacontenttype": "application/json",
        "data": {"point": "南门"},
    }
