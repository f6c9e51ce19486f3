"""What systemd hears of us, through a socket as it makes one."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.drivers.systemd import Notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(str(tmp_path / "notify"))
    sock.settimeout(5)
    yield sock
    sock.close()


def test_ready_and_alive_as_often_as_the_unit_asks(
    tmp_path: Path, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000000"})
    notifier.ready()
    assert manager.recv(100) == b"READY=1"
    for second in range(5):
        monkeypatch.setattr(time, "monotonic_ns", lambda s=second: 10**12 + s * 500_000_000)
        notifier.alive()
    manager.settimeout(0.05)
    heard = []
    while True:
        try:
            heard.append(manager.recv(100))
        except TimeoutError:
            break
    assert heard == [b"WATCHDOG=1"] * 3, "every second, half of two"


def test_an_abstract_address(monkeypatch: pytest.MonkeyPatch) -> None:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind("\0onecard-test-notify")
    sock.settimeout(5)
    Notifier({"NOTIFY_SOCKET": "@onecard-test-notify"}).ready()
    assert sock.recv(100) == b"READY=1"
    sock.close()


@pytest.mark.parametrize(
    "environment",
    [{}, {"NOTIFY_SOCKET": "", "WATCHDOG_USEC": "1000"}, {"NOTIFY_SOCKET": "@nobody", "WATCHDOG_USEC": "x"}],
)
def test_without_systemd_nothing_happens(environment: dict[str, str]) -> None:
    notifier = Notifier(environment)
    notifier.ready()
    notifier.alive()
