"""What the live board knows: points, gateways, the latest taps, standing alarms. Any thread; a lock keeps it whole."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog

from card_protocol.words.event import EventKind
from card_protocol.words.point import PointKind
from server.pages.i18n import Language, when
from server.pages.live import alarm_views, live_views
from server.pages.live.alarm_views import AlarmStack
from server.pages.live.live_views import TapLine, Tile
from server.services.access import access
from server.services.access.access import PointIn
from server.services.events import alarms, events
from server.services.events.alarms import AlarmView
from server.services.events.events import EventFilter, EventView
from server.services.gateways import gateways
from server.services.gateways.gateways import GatewayView
from server.services.live import Channel, Fact
from server.services.roles import Role
from server.services.sight import EVERYTHING, GATES, NOTHING, SIGHTS, Sight, is_veiled
from server.services.work import Transactions

_log = structlog.get_logger()

FEED_TAPS = 60
MAX_ALARMS = 500
"""Standing alarms in memory; older ones are on the page of all alarms."""


@dataclass(frozen=True)
class BoardView:
    """The guard's page at one moment."""

    tiles: list[Tile]
    taps: list[TapLine]
    alarms: AlarmStack


@dataclass
class News:
    """What some facts changed on the page."""

    taps: list[EventView] = field(default_factory=list)
    points: dict[str, None] = field(default_factory=dict)
    alarmed: bool = False


class BoardState:
    """See the module."""

    def __init__(self, transactions: Transactions, speed: int) -> None:
        self._transactions = transactions
        self._speed = speed
        self._lock = threading.Lock()
        self._points: dict[str, PointIn] = {}
        self._gateways: dict[str, GatewayView] = {}
        self._last: dict[str, EventView] = {}
        self._taps: deque[EventView] = deque(maxlen=FEED_TAPS)
        self._alarms: dict[str, AlarmView] = {}

    def load(self) -> None:
        """Everything from the data base."""
        with self._transactions.read() as session:
            points = {point.id: point for point in access.points(session)}
            known = {gateway.id: gateway for gateway in gateways.listing(session)}
            standing = alarms.listing(session, sight=EVERYTHING, limit=MAX_ALARMS).items
            taps = events.query(session, EventFilter(kind=EventKind.TAP), sight=EVERYTHING, limit=FEED_TAPS).items
            last: dict[str, EventView] = {}
            for point in points:
                which = EventFilter(kind=EventKind.TAP, point=point)
                if newest := events.query(session, which, sight=EVERYTHING, limit=1).items:
                    last[point] = newest[0]
        with self._lock:
            self._points, self._gateways, self._last = points, known, last
            self._taps = deque(taps, maxlen=FEED_TAPS)
            self._alarms = {alarm.id: alarm for alarm in standing}

    def look_at_points(self) -> bool:
        """A policy was published: whether points, their names or waivers are others than before."""
        with self._transactions.read() as session:
            points = {point.id: point for point in access.points(session)}
        with self._lock:
            same, self._points = points == self._points, points
        return not same

    def take(self, facts: Sequence[tuple[Channel, Fact]]) -> News:
        """Note facts; what they changed. One that is none takes nothing away from the others."""
        news = News()
        with self._lock:
            for channel, fact in facts:
                try:
                    self._note(channel, fact, news)
                except (ValueError, KeyError):
                    _log.exception("live_fact_refused", channel=channel)
        return news

    def view(self, language: Language, role: Role) -> BoardView:
        """The page of a role."""
        sight, kinds = SIGHTS.get(role, NOTHING), self.kinds()
        with self._lock:
            points, taps = list(self._points), list(self._taps)
        seen = (events.seen(event, sight, kinds) for event in taps)
        return BoardView(
            tiles=[self.tile(point, sight, language) for point in points],
            taps=[self.line(event, language) for event in seen if event is not None],
            alarms=self.stack(sight, language),
        )

    def kinds(self) -> dict[str, PointKind]:
        """Point -> its kind."""
        with self._lock:
            return {point.id: point.kind for point in self._points.values()}

    def line(self, event: EventView, language: Language) -> TapLine:
        """A tap in words."""
        with self._lock:
            line = live_views.tap_line(event, self._points, language, self._speed)
        return replace(line, when=when(line.wall_ms, self._transactions.clock()))

    def tile(self, point_id: str, sight: Sight, language: Language) -> Tile:
        """A point in words; without its last tap for who does not see it."""
        kinds = self.kinds()
        with self._lock:
            point, last = self._points[point_id], self._last.get(point_id)
            gateway = self._gateways.get(point.gateway_id or "")
        last = events.seen(last, sight, kinds) if last is not None else None
        hidden = is_veiled(sight, point_id, kinds) is None
        return live_views.tile(point, gateway, last, language, self._transactions.clock(), hidden=hidden)

    def stack(self, sight: Sight, language: Language) -> AlarmStack:
        """The standing alarms in words, of what a role sees."""
        kinds = self.kinds()
        with self._lock:
            standing, points = list(self._alarms.values()), dict(self._points)
            places = {gateway.id: gateway.place for gateway in self._gateways.values()}
        found = (alarms.seen(alarm, sight, kinds) for alarm in standing)
        shown = [alarm for alarm in found if alarm is not None]
        links = bool(sight.full & GATES)  # who watches gates may read cards; a nurse may not
        return alarm_views.stack(shown, points, places, language, self._transactions.clock(), card_links=links)

    def _note(self, channel: Channel, fact: Fact, news: News) -> None:
        if channel == "event" and fact["kind"] == EventKind.TAP:
            self._note_tap(EventView.model_validate(fact), news)
        elif channel == "alarm":
            self._note_alarm(AlarmView.model_validate(fact))
            news.alarmed = True
        elif channel == "gateway":
            gateway = GatewayView.model_validate(fact)
            self._gateways[gateway.id] = gateway
            served = (point.id for point in self._points.values() if point.gateway_id == gateway.id)
            news.points.update(dict.fromkeys(served))

    def _note_tap(self, event: EventView, news: News) -> None:
        if any(known.id == event.id for known in self._taps):
            return  # told twice: once by the data base at the start, once by the feed
        self._taps.appendleft(event)
        news.taps.append(event)
        last = self._last.get(event.point or "")
        if event.point in self._points and (last is None or last.wall_ms <= event.wall_ms):
            self._last[event.point] = event
            news.points[event.point] = None

    def _note_alarm(self, alarm: AlarmView) -> None:
        if alarm.acknowledged_ms is not None:
            self._alarms.pop(alarm.id, None)
            return
        self._alarms[alarm.id] = alarm
        while len(self._alarms) > MAX_ALARMS:
            del self._alarms[min(self._alarms)]
