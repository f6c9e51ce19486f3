"""When an event's hash left the box for the first time: before that, nobody could acknowledge it.

Only events that are younger than this run count. An older one may have been acknowledged to an earlier run, and
whoever kept that ack could set our clock back by showing it again.
"""

from collections import deque

RECORDS_MAX = 64


class RoundTrips:
    """One journal file; `start_seq` is its head when this run began."""

    def __init__(self, start_seq: int) -> None:
        self._shown = self._acked = start_seq
        self._sent: deque[tuple[int, int]] = deque(maxlen=RECORDS_MAX)

    def sent(self, last_seq: int, mono_ns: int) -> None:
        """A batch up to `last_seq` goes out; sent again, it shows nothing new."""
        if last_seq > self._shown:
            self._shown = last_seq
            self._sent.append((last_seq, mono_ns))

    def acked(self, upto: int) -> int | None:
        """When `upto` was first shown [ns]; None when that is not known, or it was acknowledged before."""
        if upto <= self._acked:
            return None
        self._acked = upto
        found = next((mono_ns for last_seq, mono_ns in self._sent if last_seq >= upto), None)
        while self._sent and self._sent[0][0] <= upto:
            self._sent.popleft()
        return found
