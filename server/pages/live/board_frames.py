"""Changes of the live board as frames: each rendered once per language and per way of seeing it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from server.pages.i18n import Language
from server.pages.live.board_state import FEED_TAPS, BoardState, News
from server.pages.live.frames import Change, Mode
from server.pages.live.hub import Hub
from server.pages.render import macro
from server.services.events.events import EventView
from server.services.roles import ALLOWED, Permission, Role
from server.services.sight import NOTHING, SIGHTS, Sight, is_veiled, veil


def listening(permission: Permission) -> frozenset[Role]:
    """The roles that hear what needs a permission."""
    return frozenset(role for role, allowed in ALLOWED.items() if permission in allowed)


def ways_of_seeing() -> list[tuple[Sight, frozenset[str]]]:
    """Each sight that somebody at the live page has, with the roles that share it."""
    roles: defaultdict[Sight, set[str]] = defaultdict(set)
    for role in listening(Permission.LIVE_READ):
        roles[SIGHTS.get(role, NOTHING)].add(role.value)
    return [(sight, frozenset(names)) for sight, names in roles.items()]


TEMPLATES = {"tap": "parts/live.html", "tile": "parts/live.html", "stack": "parts/alarms.html"}
"""Macro -> the template that it is in."""


class Piece(NamedTuple):
    """A piece of the page: how it gets there, where, under which id, drawn by which macro."""

    mode: Mode
    place: str
    key: str
    macro: str


class BoardFrames:
    """Renders and publishes. The board's thread alone, but for `poke`."""

    def __init__(self, state: BoardState, hub: Hub) -> None:
        self._state = state
        self._hub = hub
        self._ways = ways_of_seeing()

    def tell(self, news: News) -> None:
        """Everything that has changed."""
        for event in news.taps[-FEED_TAPS:]:
            self._tap(event)
        for point_id in news.points:
            self._tile(point_id)
        if news.alarmed:
            self._alarms()

    def poke(self, place: str, permission: Permission) -> None:
        """Make the pages of a place ask for themselves anew. Any thread."""
        channels = frozenset(role.value for role in listening(permission))
        self._hub.publish(channels, dict.fromkeys(Language, Change("poke", place)))

    def _tap(self, event: EventView) -> None:
        kinds = self._state.kinds()
        for veiled in (False, True):
            ways = (roles for sight, roles in self._ways if is_veiled(sight, event.point, kinds) is veiled)
            shown = veil(event) if veiled else event
            self._publish(ways, Piece("prepend", "feed", f"tap-{event.id}", "tap"), partial(self._state.line, shown))

    def _tile(self, point_id: str) -> None:
        """One frame for all who see the point alike: in full, veiled, or not at all."""
        piece = Piece("replace", "tiles", f"tile-{point_id}", "tile")
        kinds = self._state.kinds()
        alike: defaultdict[bool | None, list[tuple[Sight, frozenset[str]]]] = defaultdict(list)
        for sight, roles in self._ways:
            alike[is_veiled(sight, point_id, kinds)].append((sight, roles))
        for ways in alike.values():
            view = partial(self._state.tile, point_id, ways[0][0])
            self._publish((roles for _, roles in ways), piece, view)

    def _alarms(self) -> None:
        for sight, roles in self._ways:
            self._publish(
                [roles], Piece("replace", "alarms-place", "alarms", "stack"), partial(self._state.stack, sight)
            )

    def _publish(self, ways: Iterable[frozenset[str]], piece: Piece, view: Callable[[Language], object]) -> None:
        channels = frozenset[str]().union(*ways)
        if not channels:
            return
        changes = {}
        for language in Language:
            html = macro(TEMPLATES[piece.macro], piece.macro, language, view(language))
            changes[language] = Change(piece.mode, piece.place, piece.key, html)
        self._hub.publish(channels, changes)
