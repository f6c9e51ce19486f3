"""Which notices a point's screen shows now. Pure.

A notice lives by its own times and not by those of its policy: a point that hears nothing any more shows it to its end.
"""

from collections.abc import Iterable
from typing import Final

from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.notice import Notice
from card_protocol.words.sentences import Said

SHOWN_MAX: Final = 8


def shown_at(notices: Iterable[Notice], point: str, moment: Moment) -> tuple[Said, ...]:
    """What stands on the screen, the newest first. A box without the time shows nothing: it might be over."""
    if moment.clock is ClockQuality.UNKNOWN:
        return ()
    due = [one for one in notices if point in one.points and one.from_ms <= moment.wall_ms < one.to_ms]
    due.sort(key=lambda one: -one.number)
    return tuple(Said(one.zh, one.en) for one in due[:SHOWN_MAX])
