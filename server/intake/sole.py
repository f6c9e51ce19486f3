"""SQLite has one intake worker: a lock beside the file keeps a second program from taking events in as well."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

LOCK_SUFFIX = ".intake-lock"


class NotAlone(Exception):
    """Another program takes in events with this file; the text says which process."""


@contextlib.contextmanager
def sole_intake(database: Path) -> Iterator[None]:
    """Be the one intake worker of an SQLite file; the lock ends with the process, however that ends. NotAlone."""
    path = database.with_name(database.name + LOCK_SUFFIX)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise NotAlone(
                f"{database} is served by another program (process {file.read().strip() or 'unknown'}): SQLite has one "
                "intake worker. End that one, or set database_url to PostgreSQL to run several"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
