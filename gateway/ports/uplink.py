"""The connection to the broker."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from card_protocol.wire.topics import Channel


class Up(NamedTuple):
    """The broker took us and our subscriptions."""


class Down(NamedTuple):
    """The connection is gone."""


class Message(NamedTuple):
    """A message came down. Tell `Uplink.done` when it was dealt with, so that the broker may forget it."""

    channel: Channel
    payload: bytes
    ticket: object = None


News = Up | Down | Message


class Uplink(Protocol):
    """Connects by itself, again and again; nothing here blocks. What was published may be lost."""

    def start(self, tell: Callable[[News], bool], last_will: Callable[[], bytes]) -> None:
        """Begin. `tell` is called on another thread; False means that the news was dropped.

        `last_will` gives the message that the broker is to publish when we vanish; it is asked at every connect.
        """
        ...

    def publish(self, channel: Channel, message: bytes, *, retain: bool = False) -> bool:
        """Hand over a message, QoS 1; False when it was not taken."""
        ...

    def done(self, message: Message) -> None:
        """The message was dealt with."""
        ...

    def renew(self) -> None:
        """Give up the present connection and make a new one."""
        ...

    def stop(self) -> None:
        """Say goodbye and end."""
        ...
