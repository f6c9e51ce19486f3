"""Proof of home visits: a worker taps at the point of a home when coming and when going; two taps are a visit. Pure."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from card_protocol.words.moment import MINUTE_MS

SAME_TAP_MS: Final = MINUTE_MS
"""Who taps again so soon makes sure, and is not going yet."""

VISIT_MAX_MS: Final = 4 * 60 * MINUTE_MS
"""A second tap later than this is another visit: somebody forgot to tap when going."""


class Tap(NamedTuple):
    """A worker's card at a home's point."""

    worker: str
    point: str
    at_ms: int


class Proof(NamedTuple):
    """A visit. `went_ms` None: there is no second tap, and nothing proves how long it was."""

    worker: str
    point: str
    came_ms: int
    went_ms: int | None

    @property
    def duration_ms(self) -> int | None:
        """How long, where it is proven."""
        return None if self.went_ms is None else self.went_ms - self.came_ms


def proofs(taps: Iterable[Tap]) -> list[Proof]:
    """Taps in any order -> visits in the order of their beginning."""
    found: list[Proof] = []
    open_: dict[tuple[str, str], Proof] = {}
    for tap in sorted(taps, key=lambda t: (t.at_ms, t)):
        key = (tap.worker, tap.point)
        before = open_.get(key)
        since_ms = tap.at_ms - before.came_ms if before else 0
        if before is not None and since_ms < SAME_TAP_MS:
            continue
        if before is not None and since_ms <= VISIT_MAX_MS:
            found.append(before._replace(went_ms=tap.at_ms))
            del open_[key]
            continue
        if before is not None:
            found.append(before)
        open_[key] = Proof(tap.worker, tap.point, tap.at_ms, None)
    return sorted([*found, *open_.values()], key=lambda visit: (visit.came_ms, visit.worker, visit.point))
