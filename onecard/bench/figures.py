"""Figures of a benchmark: percentiles by the nearest rank, ratios."""

from collections.abc import Sequence


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that `percent` of all values do not exceed; ValueError without values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(rank, 1) - 1]


def rounded(value: float) -> float:
    """Three digits after the point: microseconds, when the unit is milliseconds."""
    return round(value, 3)
