"""What other gateways saw, as the daemon hears it and the points ask for it."""

from typing import Protocol

from card_protocol.wire.passages import Passages


class Elsewhere(Protocol):
    """One listener. Never raises: without it a card's own log tells."""

    def fresh(self) -> tuple[Passages, ...]:
        """What was kept since the last call, oldest first; cheap while there is nothing. One thread at a time."""
        ...
