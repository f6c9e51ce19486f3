"""A QR scanner in serial mode on a pseudo terminal: what is held before it, it types, ended by CR."""

import os
import pty
import tty
from typing import Self

ENDING = b"\r"


class Scanner:
    """`port` is what a driver opens; a context manager that ends the port."""

    def __init__(self) -> None:
        self._far, near = pty.openpty()
        tty.setraw(near)
        self._near: int | None = near
        self.port = os.ttyname(near)

    def show(self, text: str, *, times: int = 1, ending: bytes = ENDING) -> None:
        """Hold a code before it; a scanner that repeats types it several times."""
        os.write(self._far, (text.encode() + ending) * times)

    def type(self, raw: bytes) -> None:
        """Whatever comes over the line: half a code, noise."""
        os.write(self._far, raw)

    def unplug(self) -> None:
        """The cable is pulled."""
        if self._near is not None:
            os.close(self._near)
            os.close(self._far)
            self._near = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()
