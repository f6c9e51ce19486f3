"""What other gateways saw, in `passages.jsonl`: a line for each message, appended by the daemon, read by the points.

It is worth nothing after a while, and the server tells it again when the box comes back: so it is not synced, one that
has grown is begun anew with its newer half, and a line that cannot be read is passed over.
"""

import os
from pathlib import Path
from typing import Final

import structlog

from card_protocol.errors import EquipmentFault
from card_protocol.wire.passages import Passages
from gateway.drivers.linked_file import write_atomically

FILE_NAME: Final = "passages.jsonl"
FILE_MAX_BYTES: Final = 1 << 20
"""Some 8000 passages; a box needs those of the last hours."""

_log = structlog.get_logger()


class PassagesUnkept(EquipmentFault):
    """The disk does not take them."""


class PassageWriter:
    """The daemon's hand."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def keep(self, passages: Passages) -> None:
        """For the points to hear. PassagesUnkept."""
        line = passages.to_bytes() + b"\n"
        try:
            if self._size() + len(line) > FILE_MAX_BYTES:
                write_atomically(self._path, self._newer_half())
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "ab", buffering=0) as file:
                file.write(line)
        except OSError as error:
            raise PassagesUnkept(f"{self._path} cannot be written: {error.strerror}") from error

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0

    def _newer_half(self) -> bytes:
        return self._path.read_bytes()[-FILE_MAX_BYTES // 2 :].partition(b"\n")[2]


class PassageReader:
    """See `gateway.ports.passages.Elsewhere`. A file that was begun anew is heard again: nothing in it counts twice."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME
        self._file, self._read_bytes = 0, 0

    def fresh(self) -> tuple[Passages, ...]:
        """See the port. One stat(2) while nothing has changed."""
        try:
            found = os.stat(self._path)
            if found.st_ino != self._file or found.st_size < self._read_bytes:
                self._file, self._read_bytes = found.st_ino, 0
            if found.st_size == self._read_bytes:
                return ()
            with self._path.open("rb") as file:
                file.seek(self._read_bytes)
                data = file.read(FILE_MAX_BYTES)
        except FileNotFoundError:
            return ()
        except OSError as error:
            _log.error("passages_unreadable", why=str(error))
            return ()
        # A line that is being written is heard when it is whole.
        whole = data[: data.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        return tuple(word for line in whole.splitlines() if (word := _word(line)) is not None)


def forget_passages(state_dir: Path) -> None:
    """For a box that moves to another place: it has other neighbours there."""
    (state_dir / FILE_NAME).unlink(missing_ok=True)


def _word(line: bytes) -> Passages | None:
    try:
        return Passages.from_bytes(line)
    except ValueError as error:
        _log.warning("passages_unreadable", why=str(error))
        return None
