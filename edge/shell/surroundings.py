"""The world around the points of one box: who passed where, open doors, lockdown, how long we are offline."""

import threading
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from card_protocol.policy.book import Book
from card_protocol.policy.rules import Passback
from card_protocol.profiles.card_records import AccessEvent
from card_protocol.wire.passages import Passages
from card_protocol.words.event import Event
from card_protocol.words.moment import Moment
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL, NOTHING_KNOWN, Situation
from card_protocol.words.verdict import Presentation
from edge.core.door_words import Lockdown
from edge.core.presence import FORGIVEN, Around, Mark, Presence, Roll
from edge.shell.door_keeper import DoorKeeper
from gateway.ports.journal import Journal

REMEMBERED_EVENTS: Final = 20_000
"""How far back the journal is read at start: a busy day of a large gate."""

READ_EVENTS: Final = 500
_TAP: Final = b'"kind":"tap"'

_log = structlog.get_logger()


class Alone:
    """A point without surroundings: its rules ask nothing of the kind."""

    def asks_log(self, point: str) -> bool:  # noqa: ARG002
        """See `Surroundings.asks_log`."""
        return False

    def situation(
        self,
        point: str,  # noqa: ARG002
        presentation: Presentation,  # noqa: ARG002
        moment: Moment,  # noqa: ARG002
        carried: AccessEvent | None,  # noqa: ARG002
    ) -> Situation:
        """See `Surroundings.situation`."""
        return NOTHING_KNOWN

    def happened(self, event: Event) -> None:
        """See `Surroundings.happened`."""


class BoxSurroundings:
    """All points of a box. `offline_ms` says how long the gateway has heard nothing of the server."""

    def __init__(
        self,
        book: Callable[[], Book],
        offline_ms: Callable[[Moment], int],
        now: Callable[[], Moment],
        elsewhere: Callable[[], Iterable[Passages]] = tuple,
    ) -> None:
        """`elsewhere` gives what other gateways saw since it was last asked."""
        self._book = book
        self._now = now
        self._offline_ms = offline_ms
        self._elsewhere = elsewhere
        self._presence = Presence()
        self._doors: dict[str, DoorKeeper] = {}
        self._lockdown: dict[str, int] = {}
        self._turn = threading.Lock()

    def add_door(self, door: DoorKeeper, point: str | None = None) -> None:
        """A door whose leaf and lockdown count for the others; `point` names its other reader."""
        self._doors[point or door.point] = door

    def remember(self, journal: Journal) -> None:
        """Hear again what the journal holds. JournalUnavailable."""
        book, last = self._book(), journal.head().seq
        first = max(1, last - REMEMBERED_EVENTS + 1)
        for start in range(first, last + 1, READ_EVENTS):
            for entry in journal.read(start, READ_EVENTS):
                if _TAP in entry.body or FORGIVEN in entry.body:
                    self._presence.hear(Event.from_bytes(entry.body), book)

    def lock_down(self, area: str, level: int) -> None:
        """From now on only the roles of this level enter the area; 0 is as always. Its doors follow at once."""
        with self._turn:
            self._lockdown[area] = level
        book = self._book()
        for point, door in self._doors.items():
            known = book.point(point)
            if known is not None and known.area == area:
                door.happened(Lockdown(level > 0))

    def lockdown_of(self, area: str) -> int:
        """The level in force. A door that came up locked down and was told no level has the strictest."""
        with self._turn:
            told = self._lockdown.get(area)
        if told is not None:
            return told
        book = self._book()
        for point, door in self._doors.items():
            known = book.point(point) if door.door.lockdown else None
            if known is not None and known.area == area:
                return LOCKDOWN_MAX_LEVEL
        return 0

    def forgive_at(self, point: str) -> None:
        """Anti-passback of a point's area starts anew. The journal says so too, for the next start."""
        known = self._book().point(point)
        if known is not None:
            with self._turn:
                self._presence.forgive(known.area, Mark.of(self._now()))

    def rolls(self, moment: Moment) -> tuple[Roll, ...]:
        """How many are in each area that this box's points lead into or out of."""
        with self._turn:
            self._hear_elsewhere()
            return self._presence.rolls(self._book(), moment)

    def still_inside(self, moment: Moment) -> int | None:
        """How many this box knows to be inside; None when its policy cannot be read."""
        try:
            with self._turn:
                self._hear_elsewhere()
                return self._presence.still_inside(self._book(), moment)
        except Exception:
            _log.exception("book_failed")
            return None

    def asks_log(self, point: str) -> bool:
        """See `Surroundings.asks_log`."""
        try:
            book = self._book()
            known = book.point(point)
            area = book.area(known.area) if known is not None else None
        except Exception:
            _log.exception("book_failed")
            return False
        return area is not None and area.passback is not Passback.OFF

    def situation(
        self, point: str, presentation: Presentation, moment: Moment, carried: AccessEvent | None
    ) -> Situation:
        """See `Surroundings.situation`."""
        try:
            book = self._book()
            known = book.point(point)
            if known is None:
                return NOTHING_KNOWN
            open_points = frozenset(name for name, door in self._doors.items() if not door.door.is_shut)
            lockdown = {known.area: self.lockdown_of(known.area)}
            around = Around(open_points, lockdown, self._offline_ms(moment))
            with self._turn:
                self._hear_elsewhere()
                return self._presence.situation(presentation, point, book, moment, around, carried)
        except Exception:
            # A book on a failing disk. The decider will say so; nothing that is known here could let anybody in.
            _log.exception("situation_unknown", point=point)
            return NOTHING_KNOWN

    def _hear_elsewhere(self) -> None:
        for told in self._elsewhere():
            self._presence.hear_elsewhere(told)

    def happened(self, event: Event) -> None:
        """See `Surroundings.happened`."""
        try:
            with self._turn:
                self._presence.hear(event, self._book())
        except Exception:
            _log.exception("event_unheard", kind=event.kind.value)
