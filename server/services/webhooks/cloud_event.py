"""What other systems are told: CloudEvents 1.0 in JSON. That something happened and where, never to whom: who may know
that asks the API for the event, with the rights of a role.

| topic | when | data |
|---|---|---|
| `onecard.tap` | a card was presented (as told live) | id, gateway, epoch, seq, point, granted, reason, wall_ms |
| `onecard.alarm` | one was raised, acknowledged or forwarded | id, kind, gateway, point, at_ms, acknowledged |
| `onecard.card` | a card has changed its state | id, number, state |
| `onecard.incident` | one was reported or has moved | number, state, unit, urgency, due_ms, overdue, at_ms |
| `onecard.notice` | one was written or withdrawn | number, zh, en, from_ms, to_ms, withdrawn |
| `onecard.test` | somebody tries the address | – |
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from card_protocol.words.event import EventKind
from server.services.live import Channel, Fact

SPEC_VERSION: Final = "1.0"
MEDIA_TYPE: Final = "application/cloudevents+json"


class Topic(StrEnum):
    """The kinds of messages; an address chooses among them."""

    TAP = "onecard.tap"
    ALARM = "onecard.alarm"
    CARD = "onecard.card"
    INCIDENT = "onecard.incident"
    NOTICE = "onecard.notice"
    TEST = "onecard.test"


def of_fact(channel: Channel, fact: Fact) -> tuple[Topic, Mapping[str, Any]] | None:
    """Topic and data of a live fact; None for what is nobody else's business."""
    if channel == "event" and fact["kind"] == EventKind.TAP:
        names = ("id", "gateway", "epoch", "seq", "point", "granted", "reason", "wall_ms")
        return Topic.TAP, {name: fact[name] for name in names}
    if channel == "alarm":
        data = {name: fact[name] for name in ("id", "kind", "point", "at_ms")}
        return Topic.ALARM, data | {"gateway": fact["gateway_id"], "acknowledged": fact["acknowledged_ms"] is not None}
    if channel == "card":
        return Topic.CARD, {name: fact[name] for name in ("id", "number", "state")}
    if channel == "incident":
        # Not the matter: that it is about care or a clinic is more than others may know.
        told = ("number", "state", "unit", "urgency", "due_ms", "overdue", "at_ms")
        return Topic.INCIDENT, {name: fact[name] for name in told}
    if channel == "notice":
        return Topic.NOTICE, {name: fact[name] for name in ("number", "zh", "en", "from_ms", "to_ms", "withdrawn")}
    return None


def envelope(message_id: str, community: str, topic: Topic, data: Mapping[str, Any], at_ms: int) -> str:
    """The message's body; the same bytes at every try."""
    return json.dumps(
        {
            "specversion": SPEC_VERSION,
            "id": message_id,
            "source": f"urn:onecard:community:{community}",
            "type": topic.value,
            "time": datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds"),
            "datacontenttype": "application/json",
            "data": dict(data),
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )
