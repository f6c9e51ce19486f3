"""The bridge between the live feed and Home Assistant's broker."""

from collections.abc import Callable

from server.services.access import access
from server.services.smart_home.ha_bridge import WAITING_MAX, HomeAssistantBridge, names_of
from server.services.smart_home.ha_discovery import Announcement
from tests.server.build import ADMIN, COMMUNITY, Community
from tests.server.services.smart_home.test_ha_discovery import TAP
from tests.support.patience import eventually


class Broker:
    """Keeps what it is told."""

    def __init__(self, retained: dict[str, bytes] | None = None) -> None:
        self.told: list[Announcement] = []
        self.retained = retained or {}
        self.stopped = False

    def start(self, on_connect: Callable[[], None], on_retained: Callable[[str], None]) -> None:
        on_connect()
        for topic in list(self.retained):
            on_retained(topic)

    def publish(self, announcement: Announcement) -> bool:
        self.told.append(announcement)
        if announcement.retain:
            self.retained[announcement.topic] = announcement.payload
            if not announcement.payload:
                del self.retained[announcement.topic]
        return True

    def stop(self) -> None:
        self.stopped = True


def test_it_describes_the_house_and_tells_what_happens(community: Community) -> None:
    broker = Broker()
    bridge = HomeAssistantBridge(community.house, broker, names_of(community.house, "homeassistant"))
    bridge.start()
    try:
        eventually(lambda: len(broker.told) == 7)
        assert sum(one.topic.endswith("/config") for one in broker.told) == 6
        assert broker.told[-1].payload == b"OFF"
        community.house.feed.publish("event", TAP)
        eventually(lambda: broker.told[-1].topic.endswith("/tap"))
        assert "south-gate-in" not in str(broker.told)
    finally:
        bridge.stop()
    assert broker.stopped


def test_a_flood_is_dropped_and_holds_up_nobody(community: Community) -> None:
    broker = Broker()
    bridge = HomeAssistantBridge(community.house, broker, names_of(community.house, "homeassistant"))
    community.house.feed.listen(bridge._heard)
    for _ in range(WAITING_MAX + 10):
        community.house.feed.publish("event", TAP)
    assert bridge._waiting.qsize() == WAITING_MAX


def test_what_an_earlier_run_left_and_what_is_gone_since_is_taken_back(community: Community) -> None:
    names = names_of(community.house, "homeassistant")
    old = f"homeassistant/event/onecard-{names.node}/0123-tap/config"
    broker = Broker({old: b"{}", names.status: b"offline"})
    bridge = HomeAssistantBridge(community.house, broker, names)
    bridge.start()
    try:
        eventually(lambda: old not in broker.retained and len(broker.retained) == 8)
        assert broker.retained[names.status] == b"offline", "it is the link's own"
        with community.transactions.read() as session:
            point = access.point_of(session, "south-gate-in")
        with community.transactions.work(ADMIN) as work:
            access.set_point(work, COMMUNITY, point.model_copy(update={"name_zh": "新南门"}))
        community.house.feed.publish("policy", {"gateway": "g-1", "version": 2})
        eventually(lambda: sum("新南门" in body.decode() for body in broker.retained.values()) == 2)
        told = len(broker.told)
        community.house.feed.publish("policy", {"gateway": "g-1", "version": 3})
        community.house.feed.publish("event", TAP)
        eventually(lambda: broker.told[-1].topic.endswith("/tap"))
        assert len(broker.told) == told + 1, "what is known there is not told again"
    finally:
        bridge.stop()


def test_switched_off_it_takes_everything_back_and_tells_nothing(community: Community) -> None:
    names = names_of(community.house, "homeassistant")
    broker = Broker()
    bridge = HomeAssistantBridge(community.house, broker, names)
    bridge.start()
    eventually(lambda: len(broker.retained) == 7)
    bridge.stop()
    broker.retained[names.status] = b"offline"
    off = HomeAssistantBridge(community.house, broker, names, enabled=False)
    off.start()
    try:
        eventually(lambda: broker.retained == {})
        told = len(broker.told)
        community.house.feed.publish("event", TAP)
        community.house.feed.publish("gateway", {"id": "g-1", "online": True})
    finally:
        off.stop()
    assert len(broker.told) == told
