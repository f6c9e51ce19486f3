"""Broker and data bases for benchmarks: Debian's mosquitto and PostgreSQL, thrown away afterwards.

PostgreSQL runs as it does by default: what it has committed is on the disk (fsync, synchronous_commit). As root it
is started as the user `postgres`, because it refuses to be root's.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from onecard.demo.programs import free_port
from server.services.gateways.broker_files import INFLIGHT_MAX_MESSAGES

SYSTEM_PATH = "/usr/sbin:/sbin"
SUPERUSER = "onecard"
INITDB_TIMEOUT_S = 120
STOP_TIMEOUT_S = 20
READY_TIMEOUT_S = 30.0


class ServiceMissing(Exception):
    """A program that a benchmark needs is not installed; the text says which package has it."""


@contextmanager
def broker() -> Iterator[int]:
    """A mosquitto on a free loopback port; the port. ServiceMissing."""
    program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":" + SYSTEM_PATH)
    if program is None:
        raise ServiceMissing("mosquitto is not installed (Debian: apt install mosquitto)")
    with TemporaryDirectory(prefix="onecard-bench-") as name:
        port, folder = free_port(), Path(name)
        lines = [
            f"listener {port} 127.0.0.1",
            "allow_anonymous true",
            "max_queued_messages 100000",
            f"max_inflight_messages {INFLIGHT_MAX_MESSAGES}",
            "persistence false",
        ]
        lines += ["user root"] if os.geteuid() == 0 else []
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        with _running([program, "-c", str(folder / "mosquitto.conf")], folder):
            _wait_for_port(port)
            yield port


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty data base in a PostgreSQL of our own. ServiceMissing."""
    import psycopg

    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        raise ServiceMissing("PostgreSQL is not installed (Debian: apt install postgresql)")
    programs = max(folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.parent.name)])
    user = "postgres" if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="onecard-bench-") as name:
        folder, port = Path(name), free_port()
        if user is not None:
            shutil.chown(folder, user)
        command = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
        subprocess.run(  # noqa: S603 - Debian's own program
            [*command, "--locale=C"], cwd=folder, user=user, check=True, capture_output=True, timeout=INITDB_TIMEOUT_S
        )
        server = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
        with _running([*server, "-h", "127.0.0.1"], folder, user):
            _wait_for_port(port)
            address = f"host=127.0.0.1 port={port} user={SUPERUSER} dbname=postgres"
            _until(lambda: psycopg.connect(address, connect_timeout=2), psycopg.OperationalError)
            yield f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{port}/postgres"


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of an empty SQLite file."""
    with TemporaryDirectory(prefix="onecard-bench-") as folder:
        yield f"sqlite:///{folder}/server.db"


DATABASES = {"sqlite": sqlite, "postgresql": postgres}


@contextmanager
def _running(command: Sequence[str], folder: Path, user: str | None = None) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - a program of the system, found above
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, user=user
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_port(port: int) -> None:
    _until(lambda: socket.create_connection(("127.0.0.1", port), timeout=1), OSError)


class _Closes(Protocol):
    def close(self) -> None: ...


def _until(connect: Callable[[], _Closes], fault: type[Exception]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            connect().close()
            return
        except fault:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)
