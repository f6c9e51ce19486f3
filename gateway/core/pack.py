"""Entries of the journal as signed batch messages, each within the wire's limit."""

from collections.abc import Sequence
from typing import NamedTuple

from card_protocol.wire.batch import Batch
from card_protocol.wire.sealed import Sign, seal
from gateway.ports.journal import Entry

BATCH_MAX_RAW_BYTES = 256 * 1024
"""How many bytes of bodies go into one attempt; they pack to a tenth or so."""


class Gap(NamedTuple):
    """Events `start` to the one before a run are gone for good; `before` is the chain hash at start - 1, if known."""

    start: int
    before: bytes | None


class Packed(NamedTuple):
    """A message ready to go, and the last event in it."""

    message: bytes
    last_seq: int


def pack(
    gateway: str, epoch: str, previous: bytes, entries: Sequence[Entry], sign: Sign, gap: Gap | None = None
) -> list[Packed]:
    """A gapless run of entries -> messages; `previous` is the chain hash before the first.

    `gap`: what is gone before the first of these; the first message declares it.

    A run that would be too large is halved until it fits. One event always fits: its body is bounded.
    """
    if not entries:
        return []
    size = sum(len(entry.body) for entry in entries)
    if len(entries) == 1 or size <= BATCH_MAX_RAW_BYTES:
        batch = Batch(
            gateway=gateway,
            epoch=epoch,
            first_seq=entries[0].seq,
            prev_hash=previous.hex(),
            events=tuple(entry.body.decode() for entry in entries),
            head_hash=entries[-1].hash.hex(),
            gap_from=gap.start if gap else None,
            gap_hash=gap.before.hex() if gap and gap.before is not None else None,
        )
        try:
            return [Packed(seal("batch", batch, sign), entries[-1].seq)]
        except ValueError:
            if len(entries) == 1:
                raise
    middle = len(entries) // 2
    first, second = entries[:middle], entries[middle:]
    return [
        *pack(gateway, epoch, previous, first, sign, gap),
        *pack(gateway, epoch, first[-1].hash, second, sign),
    ]
