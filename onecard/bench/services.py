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

from onecard.free_ports import free_port
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
            "set_tcp_nodelay true",
            "persistence false",
        ]
        lines += ["user root"] if os.geteuid() == 0 else []
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
        with _running([program, "-c", str(folder / "mosquitto.conf")], folder):
            _wait_for_port(port)
            yield port


@contextmanager
def postgres(folder: Path | None = None, settings: Sequence[str] = ()) -> Iterator[str]:
    """The URL of the data base of a PostgreSQL of our own; empty unless the folder has it already. ServiceMissing."""
    import psycopg

    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        raise ServiceMissing("PostgreSQL is not installed (Debian: apt install postgresql)")
    programs = max(folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", folder.parent.name)])
    user = "postgres" if os.geteuid() == 0 else None
    with _folder(folder) as place:
        port = free_port()
        if user is not None:
            shutil.chown(place, user)
        if not (place / "data" / "PG_VERSION").exists():
            _initdb(programs / "initdb", place, user)
        # Sockets have short names: they never stand in a folder that somebody named.
        with TemporaryDirectory(prefix="onecard-bench-") as sockets:
            if user is not None:
                shutil.chown(sockets, user)
            server = [str(programs / "postgres"), "-D", str(place / "data"), "-p", str(port), "-k", sockets]
            options = [word for setting in settings for word in ("-c", setting)]
            with _running([*server, "-h", "127.0.0.1", *options], place, user):
                _wait_for_port(port)
                address = f"host=127.0.0.1 port={port} user={SUPERUSER} dbname=postgres"
                _until(lambda: psycopg.connect(address, connect_timeout=2), psycopg.OperationalError)
                yield f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{port}/postgres"


def _initdb(program: Path, place: Path, user: str | None) -> None:
    command = [str(program), "-D", str(place / "data"), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(  # noqa: S603 - Debian's own program
        command, cwd=place, user=user, check=True, capture_output=True, timeout=INITDB_TIMEOUT_S
    )


@contextmanager
def sqlite(folder: Path | None = None) -> Iterator[str]:
    """The URL of a SQLite file; empty unless the folder has it already."""
    with _folder(folder) as place:
        yield f"sqlite:///{place}/server.db"


@contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    """One that stays, or one that goes."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.absolute()
        return
    with TemporaryDirectory(prefix="onecard-bench-") as name:
        yield Path(name)


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
