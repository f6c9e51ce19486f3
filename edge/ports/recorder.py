"""Where events go before anything acts on them."""

from enum import StrEnum
from typing import Protocol

from card_protocol.words.event import Event


class Recorded(StrEnum):
    """What became of an event."""

    DURABLE = "durable"
    LATE = "late"
    """Not on disk within the deadline. It is kept and still being written."""


class Recorder(Protocol):
    """The journal as a point sees it. Never raises: a gate goes on."""

    def record(self, event: Event, deadline_ms: int) -> Recorded:
        """Write one event and wait for the disk, at most `deadline_ms`."""
        ...

    def note(self, event: Event) -> None:
        """Write one event after those recorded before it; do not wait."""
        ...
