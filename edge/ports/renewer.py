"""The server's hand at a point: renews the card that lies on its reader, if it can be reached."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeAlias

from card_protocol.words.ids import CardId, Slug, UidText


class Renewed(StrEnum):
    """What came of it."""

    DONE = "done"
    CARD_GONE = "card_gone"
    """The card has its old grant or its new one."""
    REFUSED = "refused"
    """The server will not; it says why in its own trail."""
    AWAY = "away"
    """The server cannot be reached, or was too slow."""


Left: TypeAlias = Callable[[int], bool]
"""Whether the card has left, after waiting for that at most so many milliseconds."""


def stays(_wait_ms: int) -> bool:
    """Nobody looks whether the card has left: its next answer will tell."""
    return False


class Renewer(Protocol):
    """Blocks for a bounded time. EquipmentFault when the reader, not the card, is lost."""

    def renew(
        self, point: Slug, card_id: CardId, uid: UidText, transmit: Callable[[bytes], bytes], left: Left = stays
    ) -> Renewed:
        """Put the card at the server's disposal until it has done, or until the card has `left`: then the reader is
        for the next person, however slow the server is.
        """
        ...
