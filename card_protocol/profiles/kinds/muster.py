"""A muster point: who taps is safe, and outside of every area. Nobody is refused being counted."""

from card_protocol.profiles.kinds.kind import Kind
from card_protocol.words.point import PointKind

MUSTER = Kind(PointKind.MUSTER, "ticks people off", counts_the_refused=True)
