"""Whether somebody at a point has given the sign that they are being forced."""

from typing import Protocol

from card_protocol.words.event import Event


class DuressSign(Protocol):
    """Of one point. Any thread; returns at once and never raises: the door must behave as always."""

    def stands(self) -> bool:
        """Whether a tap now is one under duress."""
        ...

    def tapped(self, event: Event) -> None:
        """A tap was decided here: a sign that follows soon is its holder's."""
        ...


class NoSign:
    """A point without code or button."""

    def stands(self) -> bool:
        """Never."""
        return False

    def tapped(self, event: Event) -> None:
        """Nobody wants to know."""
