"""What kind of point does what. A kind gets a file of its own when it starts to differ in more than these lines."""

from dataclasses import dataclass

from card_protocol.words.point import PointKind


@dataclass(frozen=True)
class Kind:
    """What the daemon must know of a kind of point."""

    has_passage: bool
    """People walk through it, so it wants a lock; a service point only says yes or no."""


KINDS: dict[PointKind, Kind] = {
    PointKind.GATE: Kind(has_passage=True),
    PointKind.DOOR: Kind(has_passage=True),
    PointKind.CLINIC: Kind(has_passage=False),
    PointKind.CARE: Kind(has_passage=False),
    PointKind.ACTIVITY: Kind(has_passage=False),
    PointKind.DESK: Kind(has_passage=False),
}


def complaint(kind: PointKind, has_lock: bool) -> str | None:
    """What an installer should hear about a point's lock, if anything."""
    if KINDS[kind].has_passage == has_lock:
        return None
    return f"a {kind} without a lock lets nobody in" if not has_lock else f"a {kind} has no door, yet a lock is set"
