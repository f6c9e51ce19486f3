"""Tells Home Assistant what happens, on a thread of its own. What it misses while its broker is away is not sent later:
a light that comes on for a visitor of an hour ago helps nobody."""

import queue
import threading
from collections.abc import Callable
from typing import Final, Protocol

import structlog
from sqlmodel import Session

from server.services.access import access
from server.services.gateways import gateways
from server.services.house import House
from server.services.live import Channel, Fact
from server.services.smart_home import ha_discovery
from server.services.smart_home.ha_discovery import Announcement, Place

WAITING_MAX: Final = 1000
"""Facts on their way; more are dropped."""

STOP_TIMEOUT_S: Final = 5.0
PSEUDONYMS: Final = "home-assistant"
_DESCRIBE: Final = object()
_STOP: Final = object()

_log = structlog.get_logger()


class Announcer(Protocol):
    """A broker that is told, if it is there."""

    def start(self, on_connect: Callable[[], None]) -> None:
        """Begin; returns at once."""
        ...

    def publish(self, announcement: Announcement) -> bool:
        """False when the broker is away."""
        ...

    def stop(self) -> None:
        """Say goodbye."""
        ...


class HomeAssistantBridge:
    """`start` once; `stop` once."""

    def __init__(self, house: House, announcer: Announcer, prefix: str) -> None:
        self._house, self._announcer, self._prefix = house, announcer, prefix
        self._waiting: queue.Queue[object] = queue.Queue(WAITING_MAX)
        self._thread = threading.Thread(target=self._run, name="home-assistant", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._house.feed.listen(self._heard)
        self._thread.start()
        self._announcer.start(lambda: self._put(_DESCRIBE))

    def stop(self) -> None:
        """End."""
        self._announcer.stop()
        try:
            self._waiting.put(_STOP, timeout=STOP_TIMEOUT_S)
        except queue.Full:
            return
        self._thread.join(STOP_TIMEOUT_S)

    def _heard(self, channel: Channel, fact: Fact) -> None:
        told = ha_discovery.of_fact(self._pseudonym, channel, fact)
        if told is not None:
            self._put(told)

    def _put(self, what: object) -> None:
        try:
            self._waiting.put_nowait(what)
        except queue.Full:
            _log.warning("home_assistant_behind")

    def _pseudonym(self, name: str) -> str:
        return self._house.keystore.mark_of(PSEUDONYMS, name)

    def _run(self) -> None:
        while (what := self._waiting.get()) is not _STOP:
            try:
                for one in self._descriptions() if what is _DESCRIBE else [what]:
                    if isinstance(one, Announcement):
                        self._announcer.publish(one)
            except Exception:
                _log.exception("home_assistant_failed")

    def _descriptions(self) -> list[Announcement]:
        with self._house.transactions.read() as session:
            boxes = gateways.listing(session)
            doors = _doors(session)
        places = [Place(box.id, box.place or box.id) for box in boxes]
        made = ha_discovery.configs(self._prefix, self._pseudonym, places, doors)
        return made + [ha_discovery.online(self._pseudonym, box.id, box.online) for box in boxes]


def _doors(session: Session) -> list[Place]:
    return [Place(point.id, point.name_zh) for point in access.points(session)]
