"""The simulated scanner types what is held before it."""

import os

from firmware_sim.qr.scanner import Scanner


def test_a_code_is_typed_and_ended() -> None:
    with Scanner() as scanner:
        near = os.open(scanner.port, os.O_RDWR | os.O_NOCTTY)
        scanner.show("ABC", times=2)
        scanner.type(b"x")
        typed = b""
        while len(typed) < 9:
            typed += os.read(near, 100)
        assert typed == b"ABC\rABC\rx"
        os.close(near)


def test_it_can_be_unplugged_twice() -> None:
    scanner = Scanner()
    scanner.unplug()
    scanner.unplug()
