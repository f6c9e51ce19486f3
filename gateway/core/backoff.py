"""How long to wait before the next try: doubling, bounded, and not at the same instant as everybody else."""

from typing import NamedTuple

_DOUBLINGS_MAX = 16


class Backoff(NamedTuple):
    """The n-th try (0 = first) waits between `first_ms · 2^n` and half as much again, at most `longest_ms` · 1.5."""

    first_ms: int
    longest_ms: int

    def wait_ms(self, tries: int, dice: float) -> int:
        """`dice` is uniform in [0, 1): a thousand gateways that lost one broker must not come back as one."""
        base = min(self.first_ms << min(tries, _DOUBLINGS_MAX), self.longest_ms)
        return base + int(base * dice / 2)
