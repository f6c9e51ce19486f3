"""A door as wood and metal: leaf, strike, closer, a contact that bounces, a button, and people who push and prop.

Pure: time [ms] comes in with every call, changes of wires come out of `tick`.
"""

from collections import deque
from dataclasses import dataclass, field

STRIKE = 0
"""Output that releases the strike."""
CONTACT = 0
"""Input that is active while the leaf is open."""
BUTTON = 1
"""Input that is active while the exit button is pressed."""

FOR_EVER = 2**62
Change = tuple[int, bool]
"""(input, active)."""


@dataclass(frozen=True)
class Build:
    """How the door is built."""

    closes_after_ms: int = 300
    bounces: int = 3
    bounce_ms: int = 4


@dataclass
class Door:
    """One door. The strike is released from the outside; from inside the handle always opens (free egress)."""

    build: Build = field(default_factory=Build)
    is_open: bool = False
    propped: bool = False
    _released_until_ms: int = 0
    _falls_shut_at_ms: int = FOR_EVER
    _wires: deque[tuple[int, Change]] = field(default_factory=deque)

    def output(self, number: int, on: bool, for_ms: int, now_ms: int) -> None:
        """The panel switches an output; `for_ms` 0 is until told otherwise."""
        if number == STRIKE:
            self._released_until_ms = (now_ms + for_ms if for_ms else FOR_EVER) if on else 0

    def is_released(self, now_ms: int) -> bool:
        """Whether the strike lets go."""
        return now_ms < self._released_until_ms

    def push(self, now_ms: int) -> bool:
        """Somebody pushes from outside; whether it opened."""
        if self.is_released(now_ms):
            self._swing(True, now_ms)
        return self.is_open

    def force(self, now_ms: int) -> None:
        """A crowbar, or the handle inside."""
        self._swing(True, now_ms)

    def let_go(self, now_ms: int) -> None:
        """The closer pulls the leaf shut in a while."""
        if self.is_open:
            self._falls_shut_at_ms = now_ms + self.build.closes_after_ms

    def prop(self) -> None:
        """A brick in the door."""
        self.propped = True

    def unprop(self, now_ms: int) -> None:
        """Somebody takes it away."""
        self.propped = False
        self.let_go(now_ms)

    def press(self, pressed: bool, now_ms: int) -> None:
        """The exit button."""
        self._wires.append((now_ms, (BUTTON, pressed)))

    def tick(self, now_ms: int) -> list[Change]:
        """What the wires did until now, in order."""
        if self.is_open and not self.propped and now_ms >= self._falls_shut_at_ms:
            self._swing(False, now_ms)
        changes = []
        while self._wires and self._wires[0][0] <= now_ms:
            changes.append(self._wires.popleft()[1])
        return changes

    def _swing(self, opens: bool, now_ms: int) -> None:
        if self.is_open == opens:
            return
        self.is_open, self._falls_shut_at_ms = opens, FOR_EVER
        for bounce in range(2 * self.build.bounces + 1):
            self._wires.append((now_ms + bounce * self.build.bounce_ms, (CONTACT, opens ^ bool(bounce % 2))))
