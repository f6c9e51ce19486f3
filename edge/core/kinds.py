"""What an installer should hear about a point's devices. What a kind does on cards: `card_protocol.profiles.kinds`."""

from card_protocol.profiles.kinds.registry import KINDS
from card_protocol.words.point import PointKind


def complaint(kind: PointKind, has_lock: bool) -> str | None:
    """What is wrong about a point's lock, if anything."""
    if KINDS[kind].has_passage == has_lock:
        return None
    return f"a {kind} without a lock lets nobody in" if not has_lock else f"a {kind} has no door, yet a lock is set"
