"""The policy manifest, down and retained (design § 6): small, signed, names the snapshot by its digest."""

from pydantic import Field

from card_protocol.words.base import Word
from card_protocol.words.ids import HashText, Slug

MANIFEST_MAX_BYTES = 2048


class Manifest(Word):
    """Which policy a gateway should hold. A version below the highest ever seen is refused (no rollback)."""

    gateway: Slug
    version: int = Field(ge=1)
    min_version: int = Field(default=1, ge=1)
    issued_ms: int = Field(ge=0)
    expires_ms: int = Field(ge=0)
    snapshot_sha256: HashText
    snapshot_bytes: int = Field(ge=1)
    rev_seq: int = Field(ge=0)
    """The newest revocation when this was signed: one that lacks it asks by its state."""


class SnapshotRequest(Word):
    """What a gateway signs to fetch a snapshot; `at_ms` bounds its life."""

    gateway: Slug
    snapshot_sha256: HashText
    at_ms: int = Field(ge=0)


REQUEST_LIFE_MS = 60_000
SNAPSHOT_PATH = "/api/v1/gateways/{gateway}/snapshots/{sha256}"
"""GET with REQUEST_HEADER: 200 with the bytes, 304 for If-None-Match of the digest, else a problem (RFC 9457)."""

REQUEST_HEADER = "Onecard-Request"
"""Header that carries the sealed SnapshotRequest in hex."""
