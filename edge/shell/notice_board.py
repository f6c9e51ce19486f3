"""Notices on the screens of a box: looked at every second, from the policy in force."""

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from card_protocol.policy.book import Book
from card_protocol.words.moment import Moment
from card_protocol.words.sentences import Said
from edge.core.notices import shown_at
from edge.ports.notice_screen import NoticeScreen
from edge.shell.timers import Timers

LOOK_EVERY_MS: Final = 1000

_log = structlog.get_logger()


class NoticeBoard:
    """Begins with `start`; ends with the timers. `screens` are those of this box by their point."""

    def __init__(
        self,
        screens: Mapping[str, NoticeScreen],
        book: Callable[[], Book],
        now: Callable[[], Moment],
        timers: Timers,
    ) -> None:
        self._screens, self._book, self._now, self._timers = screens, book, now, timers
        self._shown: dict[str, tuple[Said, ...]] = {}

    def start(self) -> None:
        """Look now, and from now on: one look that fails is not the last."""
        self._timers.after(LOOK_EVERY_MS, self.start)
        self.look()

    def look(self) -> None:
        """Tell each screen what has changed. An unreadable book changes nothing: what hangs there hangs on."""
        try:
            head, moment = self._book().head, self._now()
        except Exception:
            _log.exception("notices_unknown")
            return
        if head is None:
            return
        for point, screen in self._screens.items():
            due = shown_at(head.notices, point, moment)
            if self._shown.get(point) != due:
                screen.announce(due)
                self._shown[point] = due
