"""The policy manifest, down and retained (design § 6): small, signed, names the snapshot by its digest."""

from typing import Annotated

from pydantic import Field

from card_protocol.wire.offer import Blob, CardsOffer
from card_protocol.words.base import Count, Positive, Word
from card_protocol.words.ids import HashText, Slug
from card_protocol.words.moment import WallMs

MANIFEST_MAX_BYTES = 2048


class Manifest(Word):
    """Which policy a gateway should hold. A version below the highest ever seen is refused (no rollback)."""

    gateway: Slug
    version: Positive
    min_version: Positive = 1
    issued_ms: WallMs
    expires_ms: WallMs
    snapshot_sha256: HashText
    snapshot_bytes: Positive
    rev_seq: Count
    """The newest revocation when this was signed: one that lacks it asks by its state."""
    delta: Annotated[str, Field(pattern=r"^([0-9A-F]{384})?$")] = ""
    """The newest revocations as cards carry them (`profiles.revocation_delta`, 192 bytes in hex), for the points to
    write; empty while there are none."""

    head: Blob | None = None
    """The head of the policy by itself, without cards; with `cards` it says all that the snapshot says."""
    cards: CardsOffer | None = None


class SnapshotRequest(Word):
    """What a gateway signs to fetch a snapshot; `at_ms` bounds its life."""

    gateway: Slug
    snapshot_sha256: HashText
    at_ms: WallMs


REQUEST_LIFE_MS = 60_000
SNAPSHOT_PATH = "/api/v1/gateways/{gateway}/snapshots/{sha256}"
"""GET with REQUEST_HEADER: 200 with the bytes, 304 for If-None-Match of the digest, else a problem (RFC 9457)."""

REQUEST_HEADER = "Onecard-Request"
"""Header that carries the sealed SnapshotRequest in hex."""
