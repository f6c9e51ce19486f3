"""Renewal at a point (design § 4): the server talks to the card that somebody has just held to a door.

The point dials out to RENEWAL_PATH as a WebSocket, with REQUEST_HEADER: the sealed RenewalRequest in hex, signed by its
gateway. From then on both say the desk's words (`wire.desk`): the server `apdu`, the point `answer` or `gone`, and at
the end the server `show`, whose `good` tells whether the card was renewed. It hangs up without a word when it will not.
"""

from card_protocol.words.base import Word
from card_protocol.words.ids import CardId, Slug, UidText
from card_protocol.words.moment import WallMs

RENEWAL_PATH = "/api/v1/gateways/{gateway}/renewals"


class RenewalRequest(Word):
    """A card that proved itself at a point asks for a new grant; `at_ms` bounds the request's life."""

    gateway: Slug
    point: Slug
    card_id: CardId
    uid: UidText
    at_ms: WallMs
