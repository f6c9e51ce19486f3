"""What cards have told the box: revocations that rode on them, the newest signed delta, the newest grants seen."""

from typing import Protocol

from card_protocol.profiles.gossip import Adoption
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.revocation_delta import RevocationDelta
from card_protocol.words.revocation import Revocation


class Carried(Protocol):
    """Any thread. Written by the edge alone; the sync knows nothing of it. Never raises for a disk that fails."""

    def about(self, card_id: str) -> Revocation | None:
        """The newest word of a card on another, if cards said anything."""
        ...

    def deltas(self) -> tuple[bytes, ...]:
        """Signed deltas to hand on, unchecked: the server's own, and the newest that a card brought."""
        ...

    def adopt(self, delta: RevocationDelta, signed: bytes, rev_seq: int, now_ms: int) -> Adoption | CardRefusal:
        """Take in a verified delta (`signed`: its 192 bytes) when the server told everything up to `rev_seq`.

        REVOCATIONS_OLDER when more is known already: nothing is ever taken back.
        """
        ...

    def newest_serial(self, card_id: str) -> int:
        """Of the grants of a card that were seen here; 0 for none."""
        ...

    def saw_serial(self, card_id: str, serial: int) -> None:
        """Remember it; it never sinks."""
        ...
