"""A service desk: says whose card it is to the clerk. Cards are written there by the server alone."""

from card_protocol.profiles.kinds.kind import Kind
from card_protocol.words.point import PointKind

DESK = Kind(PointKind.DESK, "shows the card to the clerk")
