"""The bridge between the live feed and Home Assistant's broker."""

from collections.abc import Callable

from server.services.smart_home.ha_bridge import WAITING_MAX, HomeAssistantBridge
from server.services.smart_home.ha_discovery import Announcement
from tests.server.build import Community
from tests.server.services.smart_home.test_ha_discovery import TAP
from tests.support.patience import eventually


class Broker:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Announcement] = []
        self.stopped = False

    def start(self, on_connect: Callable[[], None]) -> None:
        on_connect()

    def publish(self, announcement: Announcement) -> bool:
        self.told.append(announcement)
        return True

    def stop(self) -> None:
        self.stopped = True


def test_it_describes_the_house_and_tells_what_happens(community: Community) -> None:
    broker = Broker()
    bridge = HomeAssistantBridge(community.house, broker, "homeassistant")
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
    bridge = HomeAssistantBridge(community.house, broker, "homeassistant")
    community.house.feed.listen(bridge._heard)
    for _ in range(WAITING_MAX + 10):
        community.house.feed.publish("event", TAP)
    assert bridge._waiting.qsize() == WAITING_MAX
