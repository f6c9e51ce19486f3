"""Notices a sync that makes no progress although the link is said to be up, and asks for a new link.

paho's idea of "connected" is a hint. A broker that swallows messages, or a middle box that holds a dead connection
open, looks exactly like a server that is busy; a new connection costs nothing and ends the first two.
"""

RENEW_AFTER_NS = 300_000_000_000


class StallWatch:
    """Ask `step` every round."""

    def __init__(self, mono_ns: int) -> None:
        self._since_ns = self._renewed_ns = mono_ns
        self._acked = -1

    def stuck_ms(self, mono_ns: int) -> int:
        """How long nothing was acknowledged while events waited."""
        return max(0, mono_ns - self._since_ns) // 1_000_000

    def step(self, *, online: bool, acked_seq: int, waiting: int, mono_ns: int) -> bool:
        """Whether the link should be made anew now."""
        if acked_seq != self._acked or waiting <= 0:
            self._acked, self._since_ns, self._renewed_ns = acked_seq, mono_ns, mono_ns
        elif not online:
            self._renewed_ns = mono_ns
        elif mono_ns - self._renewed_ns >= RENEW_AFTER_NS:
            self._renewed_ns = mono_ns
            return True
        return False
