"""A revocation: one card, dead at once, known by a number that only rises."""

from card_protocol.words.base import Positive, Word
from card_protocol.words.card import CardState
from card_protocol.words.ids import CardId
from card_protocol.words.moment import WallMs
from card_protocol.words.reason import Reason

DENIED_AS: dict[CardState, Reason] = {
    CardState.REVOKED: Reason.REVOKED,
    CardState.LOST: Reason.LOST,
    CardState.SUSPENDED: Reason.SUSPENDED,
    CardState.RETURNED: Reason.RETURNED,
    CardState.STOCK: Reason.NOT_ISSUED,
    CardState.ISSUED: Reason.NOT_ISSUED,
}
"""The reason for which a card in a state that opens no door is refused."""


class Revocation(Word):
    """A card leaves the circle of those that open doors.

    `rev_seq` is monotonic per community. `expires_ms` is when the last grant of the card has died by itself:
    the entry prunes itself then, so no list of them can be full.
    """

    rev_seq: Positive
    card_id: CardId
    state: CardState
    at_ms: WallMs
    expires_ms: WallMs
