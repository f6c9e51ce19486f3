"""The live board: keeps what the guard's page shows in memory, and turns committed facts into frames.

One thread takes facts from a bounded queue, so that whoever committed them never waits for HTML. Many facts at
once (a gateway that comes back after a week) cost one frame per tile, and only the taps that fit on the page.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from card_protocol.words.event import EventKind
from server.pages import alarm_views, live_views
from server.pages.alarm_views import AlarmStack
from server.pages.frames import Change
from server.pages.hub import Hub
from server.pages.i18n import Language
from server.pages.live_views import TapLine, Tile
from server.pages.render import macro
from server.services import access, alarms, events, gateways
from server.services.access import PointIn
from server.services.alarms import AlarmView
from server.services.events import EventFilter, EventView
from server.services.gateways import GatewayView
from server.services.live import Channel, Fact
from server.services.roles import Permission
from server.services.work import Transactions

FEED_TAPS = 60
MAX_ALARMS = 500
"""Standing alarms in memory; older ones are on the page of all alarms."""

QUEUE_FACTS = 4096
ROUND_FACTS = 256
STOP_WAIT_S = 5.0

POKES: dict[Channel, tuple[str, Permission]] = {
    "gateway": ("gateways", Permission.GATEWAYS_READ),
    "policy": ("gateways", Permission.GATEWAYS_READ),
    "card": ("cards", Permission.CARDS_READ),
    "desk": ("desks", Permission.CARDS_ISSUE),
}
"""Channel of the feed -> (what on a page asks for itself anew, who hears it)."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class BoardView:
    """The guard's page at one moment."""

    tiles: list[Tile]
    taps: list[TapLine]
    alarms: AlarmStack


class Board:
    """The state behind the guard's page."""

    def __init__(self, transactions: Transactions, hub: Hub, *, speed: int = 1) -> None:
        """`speed` is that of a played day."""
        self._transactions = transactions
        self._hub = hub
        self._speed = speed
        self._lock = threading.Lock()
        self._points: dict[str, PointIn] = {}
        self._gateways: dict[str, GatewayView] = {}
        self._last: dict[str, EventView] = {}
        self._taps: deque[EventView] = deque(maxlen=FEED_TAPS)
        self._alarms: dict[str, AlarmView] = {}
        self._queue: queue.Queue[tuple[Channel, Fact] | None] = queue.Queue(QUEUE_FACTS)
        self._overflowed = threading.Event()
        self._thread: threading.Thread | None = None
        self._forget: Callable[[], None] | None = None

    def start(self) -> None:
        """Hear the feed from now on, and know what was before."""
        self._forget = self._transactions.feed.listen(self._hear)
        self._load()
        self._thread = threading.Thread(target=self._run, name="live-board", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hear no more, and close every stream."""
        if self._forget is not None:
            self._forget()
        self._hub.close()
        if self._thread is not None:
            self._overflowed.set()
            try:
                self._queue.put_nowait(None)
            except queue.Full:
                self._queue.get_nowait()
                self._queue.put_nowait(None)
            self._thread.join(STOP_WAIT_S)

    def view(self, language: Language) -> BoardView:
        """The page as it is now."""
        now = self._transactions.clock()
        with self._lock:
            tiles = [self._tile(point, language, now) for point in self._points.values()]
            taps = [live_views.tap_line(event, self._points, language, self._speed) for event in self._taps]
            standing = self._stack(language, now)
        return BoardView(tiles, taps, standing)

    def _hear(self, channel: Channel, fact: Fact) -> None:
        try:
            self._queue.put_nowait((channel, fact))
        except queue.Full:
            self._overflowed.set()

    def _run(self) -> None:
        while True:
            facts = self._round()
            if facts is None:
                return
            try:
                self._apply(facts)
            except Exception:
                _log.exception("live_board_failed")

    def _round(self) -> list[tuple[Channel, Fact]] | None:
        facts = []
        item = self._queue.get()
        for _ in range(ROUND_FACTS):
            if item is None:
                return None
            facts.append(item)
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
        else:
            facts.extend([item] if item is not None else [])
        return facts

    def _apply(self, facts: list[tuple[Channel, Fact]]) -> None:
        if self._overflowed.is_set():
            self._overflowed.clear()
            self._load()
            self._poke("points", Permission.LIVE_READ)
        else:
            if any(channel == "policy" for channel, _ in facts):
                self._look_at_points()
            self._take(facts)
        for place, permission in dict.fromkeys(POKES[channel] for channel, _ in facts if channel in POKES):
            self._poke(place, permission)

    def poke(self, channel: Channel) -> None:
        """Make the pages that show this ask for themselves anew. Any thread."""
        place, permission = POKES[channel]
        self._poke(place, permission)

    def _take(self, facts: list[tuple[Channel, Fact]]) -> None:
        taps: list[EventView] = []
        dirty: dict[str, None] = {}
        alarmed = False
        with self._lock:
            for channel, fact in facts:
                if channel == "event" and fact["kind"] == EventKind.TAP:
                    taps.append(event := EventView.model_validate(fact))
                    dirty.update(self._note_tap(event))
                elif channel == "alarm":
                    self._note_alarm(AlarmView.model_validate(fact))
                    alarmed = True
                elif channel == "gateway":
                    gateway = GatewayView.model_validate(fact)
                    self._gateways[gateway.id] = gateway
                    dirty.update(dict.fromkeys(p.id for p in self._points.values() if p.gateway_id == gateway.id))
        for event in taps[-FEED_TAPS:]:
            self._publish_tap(event)
        for point_id in dirty:
            self._publish_tile(point_id)
        if alarmed:
            self._publish_alarms()

    def _look_at_points(self) -> None:
        """A policy was published: points, their names or waivers may be others than before."""
        with self._transactions.read() as session:
            points = {point.id: point for point in access.points(session)}
        with self._lock:
            same, self._points = points == self._points, points
        if not same:
            self._poke("points", Permission.LIVE_READ)

    def _note_tap(self, event: EventView) -> Mapping[str, None]:
        if any(known.id == event.id for known in self._taps):
            return {}  # told twice: once by the data base at the start, once by the feed
        self._taps.appendleft(event)
        last = self._last.get(event.point or "")
        if event.point not in self._points or (last is not None and last.wall_ms > event.wall_ms):
            return {}
        self._last[event.point] = event
        return {event.point: None}

    def _note_alarm(self, alarm: AlarmView) -> None:
        if alarm.acknowledged_ms is not None:
            self._alarms.pop(alarm.id, None)
            return
        self._alarms[alarm.id] = alarm
        while len(self._alarms) > MAX_ALARMS:
            del self._alarms[min(self._alarms)]

    def _publish_alarms(self) -> None:
        now = self._transactions.clock()
        changes = {}
        for language in Language:
            with self._lock:
                view = self._stack(language, now)
            html = macro("parts/alarms.html", "stack", language, view)
            changes[language] = Change("replace", "alarms-place", "alarms", html)
        self._hub.publish(Permission.LIVE_READ, changes)

    def _stack(self, language: Language, now_ms: int) -> AlarmStack:
        places = {gateway.id: gateway.place for gateway in self._gateways.values()}
        return alarm_views.stack(self._alarms.values(), self._points, places, language, now_ms)

    def _publish_tap(self, event: EventView) -> None:
        changes = {}
        for language in Language:
            line = live_views.tap_line(event, self._points, language, self._speed)
            html = macro("parts/live.html", "tap", language, line)
            changes[language] = Change("prepend", "feed", f"tap-{event.id}", html)
        self._hub.publish(Permission.LIVE_READ, changes)

    def _publish_tile(self, point_id: str) -> None:
        now = self._transactions.clock()
        changes = {}
        for language in Language:
            with self._lock:
                tile = self._tile(self._points[point_id], language, now)
            html = macro("parts/live.html", "tile", language, tile)
            changes[language] = Change("replace", "tiles", f"tile-{point_id}", html)
        self._hub.publish(Permission.LIVE_READ, changes)

    def _poke(self, place: str, permission: Permission) -> None:
        change = Change("poke", place)
        self._hub.publish(permission, dict.fromkeys(Language, change))

    def _tile(self, point: PointIn, language: Language, now_ms: int) -> Tile:
        gateway = self._gateways.get(point.gateway_id or "")
        return live_views.tile(point, gateway, self._last.get(point.id), language, now_ms)

    def _load(self) -> None:
        with self._transactions.read() as session:
            points = {point.id: point for point in access.points(session)}
            known = {gateway.id: gateway for gateway in gateways.listing(session)}
            taps = events.query(session, EventFilter(kind=EventKind.TAP), limit=FEED_TAPS).items
            standing = alarms.listing(session, limit=MAX_ALARMS).items
            last: dict[str, EventView] = {}
            for point_id in points:
                newest = events.query(session, EventFilter(kind=EventKind.TAP, point=point_id), limit=1).items
                if newest:
                    last[point_id] = newest[0]
        with self._lock:
            self._points, self._gateways, self._last = points, known, last
            self._taps = deque(taps, maxlen=FEED_TAPS)
            self._alarms = {alarm.id: alarm for alarm in standing}
