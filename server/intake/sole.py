"""SQLite has one intake worker: a lock beside the file keeps a second program from taking events in as well."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from server.services.operator_error import OperatorError

LOCK_SUFFIX = ".intake-lock"


class NotAlone(OperatorError):
    """Another program takes in events with this file; it says which process."""


@contextlib.contextmanager
def sole_intake(database: Path) -> Iterator[None]:
    """Be the one intake worker of an SQLite file; the lock ends with the process, however that ends. NotAlone."""
    path = database.with_name(database.name + LOCK_SUFFIX)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            other = file.read().strip()
            raise NotAlone(
                f"{database} is served by another program (process {other or 'unknown'}): SQLite has one intake "
                "worker. End that one, or set database_url to PostgreSQL to run several",
                f"{database} 正由另一程序使用（进程 {other or '未知'}）：SQLite 只能有一个接收进程。"
                "请先结束该程序，或将 database_url 设为 PostgreSQL 以运行多个",
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
