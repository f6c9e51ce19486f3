"""Event batches, up (design § 6.1): a run of the journal's chain with its bodies byte for byte."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from card_protocol.words.base import Word
from card_protocol.words.event import EVENT_MAX_BYTES, chain_hash
from card_protocol.words.ids import EpochId, HashText, Slug

LIVE_BATCH_EVENTS = 50
CATCHUP_BATCH_EVENTS = 200
LIVE_LINGER_MS = 200
SEQ_END = 2**62

Body = Annotated[str, StringConstraints(max_length=64 * 1024)]
"""An event's text as it was journaled. Looser than an event: a poisonous one must arrive to be set aside."""


class Batch(Word):
    """Events first_seq .. first_seq + len - 1 of one journal file.

    `events` are the bodies as UTF-8 text, exactly as they were journaled. `prev_hash` is the hash of
    first_seq - 1 (zeros before seq 1), `head_hash` that of the last event.

    `gap_from`: the gateway declares that events gap_from .. first_seq - 1 are gone for good (pruned after they were
    acknowledged, dropped by a full disk, lost with a damaged file). A server that lacks some of them records the
    hole and goes on behind it: the chain continues from `prev_hash`. `gap_hash` is the hash of event gap_from - 1 as
    the gateway has it: a server that holds another event there holds another history. None when that is gone as well.
    """

    gateway: Slug
    epoch: EpochId
    first_seq: int = Field(ge=1, lt=SEQ_END)
    prev_hash: HashText
    events: tuple[Body, ...] = Field(min_length=1, max_length=CATCHUP_BATCH_EVENTS)
    head_hash: HashText
    gap_from: int | None = Field(default=None, ge=1, lt=SEQ_END)
    gap_hash: HashText | None = None

    @model_validator(mode="after")
    def _gap_is_before(self) -> "Batch":
        if self.gap_from is not None and self.gap_from >= self.first_seq:
            raise ValueError("a gap ends before the batch")
        if self.gap_hash is not None and self.gap_from is None:
            raise ValueError("the hash before a gap without a gap")
        return self

    @property
    def last_seq(self) -> int:
        """The seq of the last event."""
        return self.first_seq + len(self.events) - 1

    def links(self) -> Iterator[tuple[int, bytes, bytes]]:
        """(seq, body, hash) of each event, the hashes computed here from `prev_hash` on."""
        previous = bytes.fromhex(self.prev_hash)
        for seq, text in enumerate(self.events, self.first_seq):
            body = text.encode()
            previous = chain_hash(self.gateway, self.epoch, seq, body, previous)
            yield seq, body, previous


def chain_problem(batch: Batch) -> str | None:
    """What is wrong with the batch's own chain, or None. A sentence for the dead-letter table."""
    last = b""
    for seq, body, digest in batch.links():
        if len(body) > EVENT_MAX_BYTES:
            return f"event {seq} has {len(body)} bytes; an event has at most {EVENT_MAX_BYTES}"
        last = digest
    if last.hex() != batch.head_hash:
        return "the hashes do not lead to the batch's head"
    return None
