"""A lift: frees the buttons of the floors that the card's levels open (`Verdict.floors`)."""

from card_protocol.profiles.kinds.kind import Kind
from card_protocol.words.point import PointKind

LIFT = Kind(PointKind.LIFT, "frees the buttons of its floors", has_passage=True)
