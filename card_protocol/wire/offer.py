"""What a manifest offers a gateway to fetch: the head of its policy, and the cards of the community.

Everything is fetched by its digest over HTTPS, as an immutable thing (RFC 9110 § 8.8.3: the digest is its strong
ETag). Heads are each gateway's own; cards are the same for all and are kept once.

| what | where it is described |
|---|---|
| head | one line, `policy.rules.PolicyHead`, packed by `policy.lines` |
| index, bucket | `policy.buckets` |
| delta | `policy.cards_delta` |

A gateway that holds the buckets of some `base_seq` takes the delta from there; one that holds none of them takes the
index, the buckets that it lacks, and the delta from the index on.
"""

from pydantic import Field

from card_protocol.words.base import Count, Positive, Word
from card_protocol.words.ids import HashText, Slug
from card_protocol.words.moment import WallMs

DELTAS_MAX = 3
BLOB_PATH = "/api/v1/gateways/{gateway}/blobs/{sha256}"
"""GET with REQUEST_HEADER (a sealed BlobRequest): 200, 304 for If-None-Match of the digest, else a problem."""


class Blob(Word):
    """A thing to fetch: its digest and its size as it travels."""

    sha256: HashText
    bytes: Positive


class DeltaOffer(Word):
    """Brings cards of any state from `base_seq` on to the offer's `seq`."""

    base_seq: Count
    blob: Blob


class CardsOffer(Word):
    """The cards at state `seq`: an index of some earlier state, and deltas from it and from older ones to `seq`.

    A base that is at `seq` already has no delta.
    """

    seq: Count
    index_seq: Count
    index: Blob
    deltas: tuple[DeltaOffer, ...] = Field(default=(), max_length=DELTAS_MAX)

    def delta_from(self, base_seq: int) -> Blob | None:
        """The delta that leads on from an index; None when there is none, or none is needed."""
        return next((delta.blob for delta in self.deltas if delta.base_seq == base_seq), None)

    def reaches(self, base_seq: int) -> bool:
        """Whether who holds the buckets of that index needs no other."""
        return base_seq == self.seq or self.delta_from(base_seq) is not None


class BlobRequest(Word):
    """What a gateway signs to fetch one; `at_ms` bounds its life."""

    gateway: Slug
    sha256: HashText
    at_ms: WallMs
