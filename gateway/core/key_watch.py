"""When a box asks for its keys anew: half of the lease is over, the versions in force changed, or a point needs a
compartment that the box lacks.
"""

from collections.abc import Iterable
from typing import Final

from card_protocol.policy.rules import PolicyHead
from card_protocol.profiles.kinds.registry import holders_at
from card_protocol.profiles.layout import Holder
from card_protocol.words.moment import DAY_MS
from gateway.core.station_words import HeldKeys

RENEW_BEFORE_MS: Final = 45 * DAY_MS
"""Half of what the server leases for."""

ASK_AGAIN_MS: Final = 60_000


def keys_due(head: PolicyHead | None, compartments: Iterable[str], held: HeldKeys, now_ms: int) -> str:
    """Why to ask, for the log; empty when there is nothing to ask for. `compartments` are held (`Holder`)."""
    points = head.points if head else ()
    needed = frozenset({Holder.GATEWAY}).union(*(holders_at(point) for point in points))
    if lacking := sorted(holder.value for holder in needed - {Holder.GATEWAY} if holder.value not in set(compartments)):
        return f"points need {', '.join(lacking)}"
    if head and (head.keys_oldest > held.oldest or head.keys_newest > held.newest):
        return f"key versions {head.keys_oldest} to {head.keys_newest} are in force"
    return "half of the lease is over" if held.until_ms - now_ms < RENEW_BEFORE_MS else ""
