"""An updater: brings grant and revocations of a card up to date and opens nothing.

Revocations are signed and handed on by any point. The grant is written by the server, through the point: the key for
it never leaves the server.
"""

from card_protocol.profiles.kinds.kind import Kind
from card_protocol.words.point import PointKind

UPDATER = Kind(PointKind.UPDATER, "renews the grant, opens nothing", renews=True)
