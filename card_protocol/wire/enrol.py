"""Enrolment of a gateway: a one-time claim for a place in the community (design § 5, private gateway state)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from card_protocol.crypto.certificates import box_mark, key_in_request
from card_protocol.wire.identity import Identity, RequestHex
from card_protocol.words.base import Word
from card_protocol.words.division import DivisionCode
from card_protocol.words.ids import Slug
from card_protocol.words.moment import WallMs

CLAIM_LIFE_MS = 24 * 3_600_000

ENROL_PATH = "/api/v1/gateways/enrol"
"""POST an EnrolRequest: 202 with a `Waiting` until an operator has confirmed the box's mark, then 200 with an
`Admission`. The same keys may ask again with the same claim when the answer was lost."""

KEYS_PATH = "/api/v1/gateways/{gateway}/keys"
"""GET with REQUEST_HEADER (a sealed KeysRequest): an Enrolment with fresh leases and what the points now need."""

PublicKeyHex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A raw 32-byte Ed25519 or X25519 public key in lower-case hex."""


ClaimText = Annotated[str, StringConstraints(pattern=r"^[!-~]{16,128}$")]
"""The one-time secret as it is typed: 16 to 128 printable ASCII characters without a space."""


WrappedHex = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{2})+$", max_length=8192)]
CompartmentName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
"""`card_protocol.profiles.layout.Holder`."""

COMPARTMENTS_MAX = 16


class EnrolRequest(Word):
    """What the box sends: all keys were made on it and their private halves never leave it."""

    claim: ClaimText
    signing_key: PublicKeyHex
    """Ed25519: signs batches, states and requests."""
    box_key: PublicKeyHex
    """X25519: card keys are wrapped to it."""
    tls_request: RequestHex
    """Asks for a certificate for the P-256 key that TLS is spoken with."""

    @property
    def tls_key(self) -> bytes:
        """The key that `tls_request` is for (DER); ValueError when it is none."""
        return key_in_request(bytes.fromhex(self.tls_request))

    @property
    def mark(self) -> str:
        """What box and server show of these keys; ValueError when one of them is none."""
        return box_mark(bytes.fromhex(self.signing_key), bytes.fromhex(self.box_key), self.tls_key)


class KeysRequest(Word):
    """A box asks for its keys anew, sealed with its own key."""

    gateway: Slug
    at_ms: WallMs


class Enrolment(Word):
    """What the box keeps: its name, whom to believe, and its leaf keys as `wrapped_keys` (a sealed KeyBundle).

    `point_keys` are further bundles, by the compartment that they open: only those that the box's points need.
    """

    gateway: Slug
    community: DivisionCode
    server_key: PublicKeyHex
    """Ed25519: signs acks, manifests, revocations and commands."""
    grant_key: PublicKeyHex
    """Ed25519: the community's signature under grants and revocation deltas on cards."""
    wrapped_keys: WrappedHex
    point_keys: dict[CompartmentName, WrappedHex] = Field(default_factory=dict, max_length=COMPARTMENTS_MAX)


class Admission(Word):
    """The answer once an operator has confirmed."""

    place: Enrolment
    identity: Identity


class Waiting(Word):
    """The answer until then; `mark` is what the server's page shows."""

    mark: str = Field(pattern=r"^[0-9A-F-]{4,40}$")
