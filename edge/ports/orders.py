"""How far the points have come with what the server ordered."""

from typing import Protocol


class OrderMemory(Protocol):
    """Survives a restart, so that nothing is carried out twice. Never raises."""

    def done(self) -> int:
        """The number of the last command that was begun; 0 before the first."""
        ...

    def keep(self, number: int) -> None:
        """This one is begun now; durable on return, as far as the disk takes it."""
        ...
