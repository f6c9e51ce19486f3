"""A gate: in or out of the compound."""

from card_protocol.profiles.kinds.kind import Kind
from card_protocol.words.point import PointKind

GATE = Kind(PointKind.GATE, "opens for one direction", has_passage=True)
