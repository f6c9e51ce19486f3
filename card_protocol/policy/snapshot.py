"""A policy snapshot as bytes: one line of JSON for the head, one for each card, zlib around them.

Lines, so that a snapshot of a million cards is applied while it is read, never held whole as objects.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator

from card_protocol.policy.rules import CardEntry, PolicyHead

SNAPSHOT_MAX_BYTES = 512 * 1024 * 1024
"""Bound of the unpacked form: a million cards take about 250 MB."""

LINE_MAX_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 1 << 20


def encode_snapshot(head: PolicyHead, cards: Iterable[CardEntry]) -> bytes:
    """Head and cards -> bytes; ValueError when the head promises another number of cards."""
    first = head.to_bytes()
    if len(first) > LINE_MAX_BYTES:
        raise ValueError(f"a policy head of {len(first)} bytes; a snapshot's line has at most {LINE_MAX_BYTES}")
    packer = zlib.compressobj(6)
    parts = [packer.compress(first + b"\n")]
    count = 0
    for card in cards:
        parts.append(packer.compress(card.to_bytes() + b"\n"))
        count += 1
    if count != head.cards:
        raise ValueError(f"the head promises {head.cards} cards and {count} were given")
    return b"".join([*parts, packer.flush()])


def snapshot_digest(data: bytes) -> str:
    """SHA-256 of the packed bytes in hex: what the manifest signs."""
    return hashlib.sha256(data).hexdigest()


def decode_snapshot(data: bytes) -> tuple[PolicyHead, Iterator[CardEntry]]:
    """Bytes -> head and a stream of cards. Both raise ValueError that says what is wrong with which line."""
    lines = _lines(data)
    first = next(lines, None)
    if first is None:
        raise ValueError("the snapshot is empty")
    try:
        head = PolicyHead.from_bytes(first)
    except ValueError as error:
        raise ValueError(f"snapshot line 1: {error}") from error
    return head, _cards(head, lines)


def _cards(head: PolicyHead, lines: Iterator[bytes]) -> Iterator[CardEntry]:
    count = 0
    for line in lines:
        count += 1
        if count > head.cards:
            raise ValueError(f"the snapshot holds more than the {head.cards} cards that it promises")
        try:
            yield CardEntry.from_bytes(line)
        except ValueError as error:
            raise ValueError(f"snapshot line {count + 1}: {error}") from error
    if count != head.cards:
        raise ValueError(f"the snapshot promises {head.cards} cards and ends after {count}")


def _lines(data: bytes) -> Iterator[bytes]:
    rest, total = b"", 0
    for piece in _unpacked(data):
        total += len(piece)
        *whole, rest = (rest + piece).split(b"\n")
        if total > SNAPSHOT_MAX_BYTES or len(rest) > LINE_MAX_BYTES:
            raise ValueError("the snapshot is larger than any community's")
        yield from whole
    if rest:
        raise ValueError("the snapshot ends in the middle of a line")


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Pieces of at most a chunk, so that no bomb is held whole; the input goes in by slices, so that none is copied."""
    unpacker = zlib.decompressobj()
    for start in range(0, len(data), _CHUNK_BYTES):
        pending = data[start : start + _CHUNK_BYTES]
        while pending:
            try:
                piece = unpacker.decompress(pending, _CHUNK_BYTES)
            except zlib.error as error:
                raise ValueError(f"the snapshot is no zlib stream: {error}") from error
            yield piece
            if unpacker.unused_data or (unpacker.eof and start + _CHUNK_BYTES < len(data)):
                raise ValueError("something hangs on behind the snapshot")
            pending = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise ValueError("the snapshot is cut short")
