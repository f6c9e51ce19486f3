"""When a box asks for its keys anew: half of the lease is over, or a point needs a compartment that it lacks."""

from collections.abc import Iterable
from typing import Final

from card_protocol.profiles.kinds.registry import holders_at
from card_protocol.profiles.layout import Holder
from card_protocol.words.moment import DAY_MS
from card_protocol.words.point import Point

RENEW_BEFORE_MS: Final = 45 * DAY_MS
"""Half of what the server leases for."""

ASK_AGAIN_MS: Final = 60_000


def keys_due(points: Iterable[Point], held: Iterable[str], lease_until_ms: int, now_ms: int) -> str:
    """Why to ask, for the log; empty when there is nothing to ask for. `held` are compartments (`Holder`)."""
    needed = frozenset({Holder.GATEWAY}).union(*(holders_at(point) for point in points))
    if lacking := sorted(holder.value for holder in needed - {Holder.GATEWAY} if holder.value not in set(held)):
        return f"points need {', '.join(lacking)}"
    return "half of the lease is over" if lease_until_ms - now_ms < RENEW_BEFORE_MS else ""
