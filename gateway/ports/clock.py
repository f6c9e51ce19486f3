"""Time as the box knows it."""

from typing import Protocol

from card_protocol.words.moment import Moment


class Clock(Protocol):
    """Says when it is, and how far that can be believed."""

    def now(self) -> Moment:
        """Wall time [ms], monotonic time [ns], boot id and the quality of the wall time."""
        ...
