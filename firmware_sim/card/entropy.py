"""Where the card's random numbers come from: an argument, so that a run can be repeated byte by byte."""

import hashlib
import secrets
from collections.abc import Callable

Entropy = Callable[[int], bytes]
"""``entropy(n)`` returns n fresh bytes."""


def seeded(seed: int | str) -> Entropy:
    """A repeatable stream: SHA-256 over the seed and a block counter. For tests and demos only."""
    label = f"onecard firmware_sim {seed}".encode()
    buffer = bytearray()
    counter = 0

    def take(count: int) -> bytes:
        nonlocal counter
        while len(buffer) < count:
            buffer.extend(hashlib.sha256(label + counter.to_bytes(8, "big")).digest())
            counter += 1
        taken = bytes(buffer[:count])
        del buffer[:count]
        return taken

    return take


def system() -> Entropy:
    """The operating system's generator."""
    return secrets.token_bytes
