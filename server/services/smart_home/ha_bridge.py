"""Tells Home Assistant what happens, on a thread of its own. What it misses while its broker is away is not sent later:
a light that comes on for a visitor of an hour ago helps nobody.

What is retained at the broker is kept in step: things that are gone, also those of an earlier run, are taken back, and
a bridge that is switched off takes back everything and tells nothing.
"""

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
from server.services.smart_home.ha_discovery import Announcement, Names, Place

WAITING_MAX: Final = 1000
"""Facts on their way; more are dropped."""

STOP_TIMEOUT_S: Final = 5.0
PSEUDONYMS: Final = "home-assistant"
_DESCRIBE: Final = object()
_STOP: Final = object()

_log = structlog.get_logger()


class Announcer(Protocol):
    """A broker that is told, if it is there."""

    def start(self, on_connect: Callable[[], None], on_retained: Callable[[str], None]) -> None:
        """Begin; returns at once. `on_retained` is told the topics of ours under which something is retained."""
        ...

    def publish(self, announcement: Announcement) -> bool:
        """False when the broker is away."""
        ...

    def stop(self) -> None:
        """Say goodbye."""
        ...


def names_of(house: House, prefix: str) -> Names:
    """How this community is called there."""
    return Names(prefix, lambda name: house.keystore.mark_of(PSEUDONYMS, name))


class HomeAssistantBridge:
    """`start` once; `stop` once. `enabled` False: only clears away what an earlier run left there."""

    def __init__(self, house: House, announcer: Announcer, names: Names, *, enabled: bool = True) -> None:
        self._house, self._announcer, self._names, self._enabled = house, announcer, names, enabled
        self._waiting: queue.Queue[object] = queue.Queue(WAITING_MAX)
        self._described = threading.Event()
        """Set while a description is on its way, so that many changes are one."""
        self._told: dict[str, bytes] = {}
        """What is retained by this run, by topic. The thread's own."""
        self._thread = threading.Thread(target=self._run, name="home-assistant", daemon=True)

    def start(self) -> None:
        """Begin."""
        if self._enabled:
            self._house.feed.listen(self._heard)
        self._thread.start()
        self._announcer.start(self._connected, self._put_retained)

    def stop(self) -> None:
        """End."""
        self._announcer.stop()
        try:
            self._waiting.put(_STOP, timeout=STOP_TIMEOUT_S)
        except queue.Full:
            return
        self._thread.join(STOP_TIMEOUT_S)

    def _connected(self) -> None:
        """Whether the broker has kept anything is anybody's guess: everything is told anew."""
        self._put(_Anew())
        self._describe()

    def _heard(self, channel: Channel, fact: Fact) -> None:
        if channel in ("policy", "gateway"):  # points, their names, gateways: what there is may be another
            self._describe()
        told = ha_discovery.of_fact(self._names, channel, fact)
        if told is not None:
            self._put(told)

    def _describe(self) -> None:
        if not self._described.is_set():
            self._described.set()
            self._put(_DESCRIBE)

    def _put_retained(self, topic: str) -> None:
        self._put(_Retained(topic))

    def _put(self, what: object) -> None:
        try:
            self._waiting.put_nowait(what)
        except queue.Full:
            if what is _DESCRIBE:
                self._described.clear()
            _log.warning("home_assistant_behind")

    def _run(self) -> None:
        while (what := self._waiting.get()) is not _STOP:
            try:
                self._take(what)
            except Exception:
                _log.exception("home_assistant_failed")

    def _take(self, what: object) -> None:
        if isinstance(what, _Anew):
            self._told = {}
        elif what is _DESCRIBE:
            self._described.clear()
            self._keep_in_step()
        elif isinstance(what, _Retained):
            if what.topic not in self._told and (what.topic != self._names.status or not self._enabled):
                self._announcer.publish(ha_discovery.taken_back(what.topic))
        elif isinstance(what, Announcement):
            self._tell(what)

    def _keep_in_step(self) -> None:
        wanted = self._descriptions() if self._enabled else []
        for topic in sorted(self._told.keys() - {one.topic for one in wanted}):
            if self._announcer.publish(ha_discovery.taken_back(topic)):
                del self._told[topic]
        for one in wanted:
            if self._told.get(one.topic) != one.payload:
                self._tell(one)

    def _tell(self, one: Announcement) -> None:
        if self._announcer.publish(one) and one.retain:
            self._told[one.topic] = one.payload

    def _descriptions(self) -> list[Announcement]:
        with self._house.transactions.read() as session:
            boxes = gateways.listing(session)
            doors = _doors(session)
        places = [Place(box.id, box.place or box.id) for box in boxes]
        made = ha_discovery.configs(self._names, places, doors)
        return made + [ha_discovery.online(self._names, box.id, box.online) for box in boxes]


class _Anew:
    """The broker is there again."""


class _Retained:
    """Something is retained under a topic of ours."""

    def __init__(self, topic: str) -> None:
        self.topic = topic


def _doors(session: Session) -> list[Place]:
    return [Place(point.id, point.name_zh) for point in access.points(session)]
