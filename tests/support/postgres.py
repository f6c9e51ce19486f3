"""PostgreSQL for tests: one throw-away cluster per test process, one fresh database per test.

PostgreSQL refuses to run as root, so a root's cluster belongs to the system user `postgres`; anyone else's to
himself. The cluster forgets on a crash (fsync off): it is for behaviour, not for durability.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from onecard.free_ports import free_port
from tests.support.condition import require
from tests.support.daemon import Daemon

INITDB_TIMEOUT_S = 120
SUPERUSER = "onecard"


class Cluster(Daemon):
    """A PostgreSQL server over a temporary data folder; every local connection is trusted."""

    def __init__(self, folder: Path) -> None:
        self.user_of_files = "postgres" if os.geteuid() == 0 else None
        self.folder = folder
        self._numbers = count(1)
        programs = newest_programs()
        data = folder / "data"
        self._initialise(programs / "initdb", data)
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "timezone": "UTC",
        }
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        super().__init__(command, port, folder / "postgres.log", self.user_of_files)

    def _initialise(self, initdb: Path, data: Path) -> None:
        """Make the data folder. It and its parent belong to the user who will run the server."""
        if self.user_of_files:
            shutil.chown(self.folder, self.user_of_files, self.user_of_files)
        command = [
            str(initdb),
            "-D",
            str(data),
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        made = subprocess.run(
            command, cwd=self.folder, user=self.user_of_files, group=self.user_of_files,
            extra_groups=[] if self.user_of_files else None, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=INITDB_TIMEOUT_S,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database here."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host="127.0.0.1", port=self.port, user=SUPERUSER, dbname="postgres", autocommit=True)

    def answers(self) -> bool:
        """The port listens before the server is ready to serve."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _administer(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def create(self, name: str = "") -> str:
        """A new empty database; returns its name."""
        name = name or f"test_{next(self._numbers)}"
        self._administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, also when somebody is still connected to it."""
        self._administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def newest_programs() -> Path:
    """The folder of the newest PostgreSQL's programs; Debian keeps them out of PATH."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return max(folders, key=lambda folder: [int(number) for number in re.findall(r"\d+", folder.parent.name)])


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A running cluster, shared by the tests of this process."""
    require("postgres")
    # Not pytest's own temporary folder: only its owner may enter that one.
    folder = Path(tempfile.mkdtemp(prefix="onecard-postgres-"))
    try:
        cluster = Cluster(folder)
        cluster.start()
        yield cluster
        cluster.stop(signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The address of a fresh, empty database; it is dropped after the test."""
    name = postgres_cluster.create()
    yield postgres_cluster.url(name)
    postgres_cluster.drop(name)
