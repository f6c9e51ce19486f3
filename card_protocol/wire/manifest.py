"""The policy manifest, down and retained (design § 6): small, signed, names what to fetch by digests."""

from typing import Annotated

from pydantic import Field

from card_protocol.wire.offer import Blob, CardsOffer
from card_protocol.words.base import Count, Positive, Word
from card_protocol.words.ids import Slug
from card_protocol.words.moment import WallMs

MANIFEST_MAX_BYTES = 2048


class Manifest(Word):
    """Which policy a gateway should hold. A version below the highest ever seen is refused (no rollback)."""

    gateway: Slug
    version: Positive
    min_version: Positive = 1
    issued_ms: WallMs
    expires_ms: WallMs
    head: Blob
    """The head of the policy (`policy.rules.PolicyHead`, one packed line): points, levels, schedules."""
    cards: CardsOffer
    rev_seq: Count
    """The newest revocation when this was signed: one that lacks it asks by its state."""
    delta: Annotated[str, Field(pattern=r"^([0-9A-F]{384})?$")] = ""
    """The newest revocations as cards carry them (`profiles.revocation_delta`, 192 bytes in hex), for the points to
    write; empty while there are none."""

    @property
    def digest(self) -> str:
        """What tells two policies of one number apart: the head says which version it is of."""
        return self.head.sha256


REQUEST_LIFE_MS = 60_000
REQUEST_HEADER = "Onecard-Request"
"""Header that carries the sealed request of a gateway in hex."""
