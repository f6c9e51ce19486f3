"""Ports that one may be told to listen on."""

import socket
from pathlib import Path

import pytest

from onecard import free_ports
from onecard.free_ports import RANGE, free_port


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_one_can_listen_there_and_none_is_given_twice(kind: socket.SocketKind) -> None:
    ports = [free_port(kind) for _ in range(20)]
    assert len(set(ports)) == len(ports)
    for port in ports:
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind(("127.0.0.1", port))


def test_nobody_who_takes_any_port_gets_one_of_them() -> None:
    lowest, _ = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()
    assert RANGE.stop <= int(lowest)


def test_one_that_is_taken_is_not_given_and_none_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        monkeypatch.setattr(free_ports, "RANGE", range(port, port + 1))
        monkeypatch.setattr(free_ports, "_given", set())
        with pytest.raises(OSError, match=f"no port from {port}"):
            free_port()
    assert free_port() == port
