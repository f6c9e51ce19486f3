"""Wires that come in: door contact, exit button, tamper switch, fire panel."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeAlias


class Wire(StrEnum):
    """What a wire says at this moment, before anybody has believed it."""

    OFF = "off"
    ON = "on"
    CUT = "cut"
    SHORTED = "shorted"
    SILENT = "silent"
    """The device that reads it does not answer."""


Watcher: TypeAlias = Callable[[Wire], None]
"""Called from the device's own thread: quick, and never raises."""


class Input(Protocol):
    """One wire."""

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with what the wire says now, if that is known, and whenever it changes."""
        ...
