"""A Merkle tree over what a day brought, as RFC 6962 § 2.1 builds it: one hash that a third party can keep.

| leaf | what it hashes |
|---|---|
| of an event | its chain hash, 32 bytes: it says nothing of the event to who has not got it |
| of a head | "gateway NUL epoch NUL upto NUL hash in hex" of a journal at the end of that day |

Leaf hash = SHA-256(00 ‖ leaf), node hash = SHA-256(01 ‖ left ‖ right); the hash of nothing is SHA-256("").
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

HASH_BYTES = 32


@dataclass(frozen=True)
class Step:
    """One sibling on the way from a leaf to the root, and on which side it stands."""

    sibling: bytes
    left: bool


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962: MTH({d(0)})."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962: the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    level = list(hashes)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_of(hashes: Sequence[bytes], index: int) -> list[Step]:
    """The siblings from leaf `index` up to the root; IndexError when there is no such leaf."""
    if not 0 <= index < len(hashes):
        raise IndexError(f"there is no leaf {index}")
    steps, level = [], list(hashes)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            steps.append(Step(level[sibling], left=sibling < index))
        level, index = _above(level), index // 2
    return steps


def _above(level: Sequence[bytes]) -> list[bytes]:
    """Pairs become nodes; the last one of an odd number goes up as it is, which gives the tree of RFC 6962."""
    pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs
