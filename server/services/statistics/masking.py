"""Small numbers of health and care name nobody who should not know: k-anonymity for those above and beside. Pure.

A count of 1 to K − 1 people is not shown. If only one were missing, whoever knows the sum would know it too, so the
next smallest goes with it.
"""

from collections.abc import Sequence

K = 5
"""Fewer people than these are not counted in public."""


def masked(counts: Sequence[int], k: int = K) -> list[int | None]:
    """Counts of people that add up to something that may be known -> the same without what says too much (None)."""
    found: list[int | None] = [None if 0 < count < k else count for count in counts]
    if found.count(None) == 1:
        left = [(count, place) for place, count in enumerate(counts) if found[place] not in (None, 0)]
        if left:
            found[min(left)[1]] = None
    return found
