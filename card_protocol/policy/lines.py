"""Lines of JSON under zlib: how everything large of a policy travels.

Lines, so that a million cards are read while they are unpacked, never held whole as objects.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from typing import TypeVar

from card_protocol.words.base import Word

LINE_MAX_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 1 << 20
_LEVEL = 6

W = TypeVar("W", bound=Word)


def pack_lines(lines: Iterable[bytes]) -> bytes:
    """Lines without their ends -> packed bytes."""
    packer = zlib.compressobj(_LEVEL)
    return b"".join([*(packer.compress(line + b"\n") for line in lines), packer.flush()])


def pack_word(word: Word) -> bytes:
    """One word -> packed bytes."""
    return pack_lines([word.to_bytes()])


def unpack_word(data: bytes, of: type[W], what: str, max_bytes: int) -> W:
    """Packed bytes -> the one word in them; ValueError says what is wrong with `what`."""
    lines = list(unpack_lines(data, what, max_bytes))
    if len(lines) != 1:
        raise ValueError(f"the {what} is one line, not {len(lines)}")
    try:
        return of.from_bytes(lines[0])
    except ValueError as error:
        raise ValueError(f"the {what}: {error}") from error


def digest_of(data: bytes) -> str:
    """SHA-256 of packed bytes in hex: what a manifest or an index signs or names."""
    return hashlib.sha256(data).hexdigest()


def unpack_lines(data: bytes, what: str, max_bytes: int, line_max_bytes: int = LINE_MAX_BYTES) -> Iterator[bytes]:
    """Packed bytes -> lines, as they are unpacked. ValueError says what is wrong with `what` (a noun, for people).

    `max_bytes` bounds the unpacked form: a bomb is refused before it is held.
    """
    rest, total = b"", 0
    for piece in _unpacked(data, what):
        total += len(piece)
        *whole, rest = (rest + piece).split(b"\n")
        if total > max_bytes or max(map(len, (*whole, rest))) > line_max_bytes:
            raise ValueError(f"the {what} is larger than any community's")
        yield from whole
    if rest:
        raise ValueError(f"the {what} ends in the middle of a line")


def _unpacked(data: bytes, what: str) -> Iterator[bytes]:
    """Pieces of at most a chunk; the input goes in by slices, so that none is copied."""
    unpacker = zlib.decompressobj()
    for start in range(0, len(data), _CHUNK_BYTES):
        pending = data[start : start + _CHUNK_BYTES]
        while pending:
            try:
                piece = unpacker.decompress(pending, _CHUNK_BYTES)
            except zlib.error as error:
                raise ValueError(f"the {what} is no zlib stream: {error}") from error
            yield piece
            if unpacker.unused_data or (unpacker.eof and start + _CHUNK_BYTES < len(data)):
                raise ValueError(f"something hangs on behind the {what}")
            pending = unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise ValueError(f"the {what} is cut short")
