"""A policy snapshot as bytes: one line of JSON for the head, one for each card, zlib around them.

Lines, so that a snapshot of a million cards is applied while it is read, never held whole as objects.
"""

from collections.abc import Iterable, Iterator

from card_protocol.policy.lines import LINE_MAX_BYTES, digest_of, pack_lines, unpack_lines
from card_protocol.policy.rules import CardEntry, PolicyHead

SNAPSHOT_MAX_BYTES = 512 * 1024 * 1024
"""Bound of the unpacked form: a million cards take about 250 MB."""


def encode_snapshot(head: PolicyHead, cards: Iterable[CardEntry]) -> bytes:
    """Head and cards -> bytes; ValueError when the head promises another number of cards."""
    first = head.to_bytes()
    if len(first) > LINE_MAX_BYTES:
        raise ValueError(f"a policy head of {len(first)} bytes; a snapshot's line has at most {LINE_MAX_BYTES}")
    return pack_lines(_promised(first, head, cards))


def _promised(first: bytes, head: PolicyHead, cards: Iterable[CardEntry]) -> Iterator[bytes]:
    yield first
    count = 0
    for card in cards:
        yield card.to_bytes()
        count += 1
    if count != head.cards:
        raise ValueError(f"the head promises {head.cards} cards and {count} were given")


def snapshot_digest(data: bytes) -> str:
    """SHA-256 of the packed bytes in hex: what the manifest signs."""
    return digest_of(data)


def decode_snapshot(data: bytes) -> tuple[PolicyHead, Iterator[CardEntry]]:
    """Bytes -> head and a stream of cards. Both raise ValueError that says what is wrong with which line."""
    lines = unpack_lines(data, "snapshot", SNAPSHOT_MAX_BYTES, LINE_MAX_BYTES)
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
