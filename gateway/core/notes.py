"""Notes about refused messages, with a bound: whoever sends rubbish must not be able to fill the journal.

The same refusal is noted once an hour; all together at most `NOTES_PER_MINUTE`. What was left out is counted in the
next note that is written.
"""

from collections import OrderedDict

from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import Moment

NOTES_PER_MINUTE = 10
REMEMBERED_REFUSALS = 256
REPEAT_AFTER_NS = 3_600_000_000_000
_MINUTE_NS = 60_000_000_000


class Notes:
    """Turns refusals into events, or into nothing."""

    def __init__(self) -> None:
        self._told_ns: OrderedDict[tuple[EventKind, str], int] = OrderedDict()
        self._window_ns = 0
        self._in_window = 0
        self._left_out = 0

    def refusal(self, kind: EventKind, why: str, moment: Moment, **detail: str | int) -> Event | None:
        """The event to journal, if it is one too many: None."""
        if not self._may_tell((kind, why), moment.mono_ns):
            self._left_out += 1
            return None
        if self._left_out:
            detail["left_out"] = self._left_out
            self._left_out = 0
        return note_event(kind, moment, None, why=why, **detail)

    def _may_tell(self, what: tuple[EventKind, str], now_ns: int) -> bool:
        told_ns = self._told_ns.get(what)
        if told_ns is not None and now_ns - told_ns < REPEAT_AFTER_NS:
            return False
        if now_ns - self._window_ns >= _MINUTE_NS:
            self._window_ns, self._in_window = now_ns, 0
        if self._in_window >= NOTES_PER_MINUTE:
            return False
        self._in_window += 1
        self._told_ns[what] = now_ns
        self._told_ns.move_to_end(what)
        while len(self._told_ns) > REMEMBERED_REFUSALS:
            self._told_ns.popitem(last=False)
        return True
