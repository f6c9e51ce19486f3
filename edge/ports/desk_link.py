"""A desk's line to the server, and the display in front of the person at the desk."""

from typing import Protocol

from card_protocol.errors import EquipmentFault
from card_protocol.wire.desk import Answer, Apdu, CardGone, CardHere, Hello, Show


class LinkLost(EquipmentFault):
    """The line to the server is down, or was never up."""


class DeskLink(Protocol):
    """A line that is up. Methods raise LinkLost when it is not any more."""

    def send(self, message: Hello | CardHere | CardGone | Answer) -> None:
        """Tell the server."""
        ...

    def receive(self, timeout_ms: int) -> Apdu | Show | None:
        """What the server says; None when it said nothing in time."""
        ...

    def close(self) -> None:
        """Hang up. Never raises."""
        ...


class Display(Protocol):
    """Where the desk's sentences appear."""

    def show(self, message: Show) -> None:
        """Say a sentence in both languages."""
        ...
