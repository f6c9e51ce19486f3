"""What a committed change wants done soon: the publisher's threads wait for it."""

import threading
from enum import StrEnum


class Wish(StrEnum):
    """What should happen after a commit."""

    PUBLISH = "publish"
    """The policy says something new."""
    REVOKE = "revoke"
    """A revocation must go out at once."""
    COMMAND = "command"
    """So must a command."""
    DELIVER = "deliver"
    """Another system is to be told."""
    MAIL = "mail"
    """Somebody is to get a mail."""
    IDENTITY = "identity"
    """Who may connect has changed: the broker must hear of it."""


class Signals:
    """A box of wishes between threads; the same wish twice is one wish."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._wishes: set[Wish] = set()
        self._closed = False

    def wish(self, *wishes: Wish) -> None:
        """Put wishes into the box and wake who waits."""
        with self._condition:
            self._wishes.update(wishes)
            self._condition.notify_all()

    def wait(self, timeout_s: float, of: frozenset[Wish] = frozenset(Wish)) -> frozenset[Wish]:
        """Take the wishes `of` some kinds, after waiting for the first at most so long; empty when there was none."""
        with self._condition:
            self._condition.wait_for(lambda: self._wishes & of or self._closed, timeout_s)
            taken = frozenset(self._wishes & of)
            self._wishes -= taken
            return taken

    def close(self) -> None:
        """Wake who waits, now and always."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
