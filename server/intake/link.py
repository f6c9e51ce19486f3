"""What the intake wants of a broker: messages with a tag, and an acknowledgement when they are committed."""

from collections.abc import Callable
from typing import Protocol

from card_protocol.wire.topics import Channel
from server.intake.processor import Message


class Link(Protocol):
    """A connection that connects again by itself, for ever, with back-off."""

    def start(self, on_message: Callable[[Message], None], on_connect: Callable[[], None]) -> None:
        """Begin; returns at once, the broker may be away. Both callbacks come on the link's own thread."""
        ...

    def send(self, gateway: str, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        """Hand a message to the broker; False when it is away."""
        ...

    def acknowledge(self, message: Message) -> None:
        """Tell the broker that this message need not be sent again."""
        ...

    def stop(self) -> None:
        """Say goodbye."""
        ...
