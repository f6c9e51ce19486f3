"""Ports on this machine for programs that are told beforehand where to listen."""

import secrets
import socket
from typing import Final

RANGE: Final = range(20_000, 32_000)
"""Below those that Linux gives to whoever does not care (ip_local_port_range, ip(7)): between our look and the program
that listens nobody gets one of these by chance."""

_HOST: Final = "127.0.0.1"
_TRIES: Final = 1000
_given: set[int] = set()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port on 127.0.0.1 that nobody used a moment ago, never the same one twice. OSError when there is none."""
    for _ in range(_TRIES):
        port = secrets.choice(RANGE)
        if port not in _given and _is_free(port, kind):
            _given.add(port)
            return port
    raise OSError(f"no port from {RANGE.start} to {RANGE.stop - 1} is free on {_HOST}")


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True
