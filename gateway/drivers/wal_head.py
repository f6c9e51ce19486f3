"""Whether anybody has committed to a database since we looked: the head of its write-ahead log's index.

Every connection in WAL mode maps the index (`…-shm`) and compares these 48 bytes before it reads anything
(https://sqlite.org/walformat.html, § 2.1: change counter, frames, salts, checksum). Asking through SQL (PRAGMA
data_version) tells the same and costs thirty times as much, at every tap.

Whoever uses it holds a connection to the same file open: only the last one to close removes the index.
"""

import mmap
from pathlib import Path
from typing import Final

HEAD_BYTES: Final = 48


class WalHead:
    """Reads the head; any thread."""

    def __init__(self, database: Path) -> None:
        """`database` is the real file, not a link to it. OSError, ValueError when it has no index."""
        with database.with_name(database.name + "-shm").open("rb") as file:
            self._index = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        if len(self._index) < HEAD_BYTES:
            self._index.close()
            raise ValueError("the index of the log is too short")

    def read(self) -> bytes:
        """Equal to an earlier one as long as nothing was committed. Take it before reading the database."""
        return self._index[:HEAD_BYTES]

    def close(self) -> None:
        """Let go."""
        self._index.close()
