"""The ground of `onecard bench pages`: the data base that a town stands in, kept or thrown away.

A large town is loaded once and asked many times: with a folder to keep it in, a step that loads and one that measures
can be two runs, and loading that was stopped goes on. While it is loaded PostgreSQL waits for no disk (fsync off): what
a crash would cost is the town. For the measurement it is started anew as it is by default.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from onecard.bench.services import postgres, sqlite

LOADING: Final = (
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=8GB",
    "checkpoint_timeout=1h",
    "autovacuum=off",
)
"""What is in the same transaction as its table's emptying is not written to the log at all (wal_level=minimal)."""


@contextmanager
def place(database: str, people: int, keep: Path | None) -> Iterator[Path]:
    """The folder of a town."""
    if keep is not None:
        folder = keep / f"{database}-{people}"
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with TemporaryDirectory(prefix="onecard-bench-") as name:
        yield Path(name)


@contextmanager
def opened(database: str, folder: Path, *, loading: bool) -> Iterator[str]:
    """Its URL."""
    with sqlite(folder) if database == "sqlite" else postgres(folder, LOADING if loading else ()) as url:
        yield url
