"""A turnstile: one person for one tap, so that counts of it are the surest."""

from card_protocol.profiles.kinds.kind import Kind
from card_protocol.words.point import PointKind

TURNSTILE = Kind(PointKind.TURNSTILE, "turns once", has_passage=True)
