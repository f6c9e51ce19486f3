"""Keys beside a reader: what somebody types there."""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

KEYS: Final = frozenset("0123456789*#")

KeyWatcher: TypeAlias = Callable[[str], None]
"""Called with each key (one of KEYS) from the device's own thread: quick, and never raises."""


class KeyPad(Protocol):
    """Twelve keys. What is typed is a secret: it is logged nowhere."""

    def watch(self, watcher: KeyWatcher) -> None:
        """Call `watcher` with every key from now on."""
        ...
