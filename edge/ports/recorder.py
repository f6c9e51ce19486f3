"""Where events go before anything acts on them."""

from typing import Protocol

from card_protocol.words.event import Event


class Recorder(Protocol):
    """The journal as a point sees it. Never raises: a gate goes on."""

    def record(self, event: Event, deadline_ms: int) -> int | None:
        """Write one event and wait for the disk, at most `deadline_ms`.

        Its seq in the journal; None when it is not on the disk by then: it is kept and still being written.
        """
        ...

    def note(self, event: Event) -> None:
        """Write one event after those recorded before it; do not wait."""
        ...
