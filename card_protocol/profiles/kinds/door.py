"""A door: of a building, a floor or a room."""

from card_protocol.profiles.kinds.kind import Kind
from card_protocol.words.point import PointKind

DOOR = Kind(PointKind.DOOR, "opens", has_passage=True)
