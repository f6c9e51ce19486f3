"""/events, /alarms"""

import pytest
from fastapi.testclient import TestClient

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.reason import Reason
from server.intake.processor import Message, Processor
from tests.server.api.conftest import on_both
from tests.server.build import NOW_MS, Community, tap


@pytest.fixture
def card_id(community: Community) -> str:
    """A card that tapped twice, the second time revoked."""
    card = community.active_card()
    box = community.box()
    box.append(tap(1, card.id), tap(2, card.id, Reason.REVOKED))
    message = Message(topic("g-1", Channel.EVENTS), box.sealed("batch", box.batch(1, 2)))
    Processor(community.transactions, community.house.keystore).process([message])
    return card.id


@on_both
def test_events_are_listed_filtered_and_opened(admin: TestClient, card_id: str) -> None:
    first = admin.get("/events", params={"limit": 1}).json()
    second = admin.get("/events", params={"limit": 1, "after": first["next"]}).json()
    assert [page["items"][0]["seq"] for page in (first, second)] == [2, 1]
    filters = {"card_id": card_id, "reason": "granted", "point": "south-gate-in", "gateway": "g-1", "kind": "tap"}
    found = admin.get("/events", params=filters | {"from_ms": NOW_MS, "to_ms": NOW_MS + 2}).json()["items"]
    assert [event["seq"] for event in found] == [1]
    assert len(admin.get("/events", params={"hour": 8}).json()["items"]) == 2, "at eight in the morning of Hangzhou"
    assert admin.get("/events", params={"hour": 0}).json()["items"] == []
    assert admin.get(f"/events/{found[0]['id']}").json() == found[0]
    assert admin.get("/events/999999").status_code == 404


@pytest.mark.parametrize(
    "query", [{"reason": "tired"}, {"from_ms": -1}, {"card_id": "x"}, {"kind": "dance"}, {"hour": 24}]
)
def test_filters_that_cannot_be_are_refused(admin: TestClient, query: dict[str, object]) -> None:
    assert admin.get("/events", params=query).status_code == 422


@pytest.mark.usefixtures("card_id")
def test_an_alarm_stands_until_it_is_acknowledged(admin: TestClient) -> None:
    (alarm,) = admin.get("/alarms").json()["items"]
    assert alarm["kind"] == "revoked_tap"
    done = admin.post(f"/alarms/{alarm['id']}/acknowledge", json={"note": "spoke to them"})
    assert done.json()["note"] == "spoke to them"
    assert admin.get("/alarms").json()["items"] == []
    assert len(admin.get("/alarms", params={"everything": True}).json()["items"]) == 1
    assert admin.post(f"/alarms/{alarm['id']}/acknowledge").status_code == 409
