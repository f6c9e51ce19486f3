"""The leaf keys that a gateway holds: one compartment, two versions, one lease (design § 4).

A bundle holds the keys of exactly one compartment: of the doors (`GATEWAY_PURPOSES`), of care, clinic, activity,
property or pay points. So the process of a door never opens one that reads anything else, and a gateway without a
clinic is never given the clinic's.

A bundle never travels bare: `wrap_bundle` closes it for one gateway's own X25519 key, and the gateway keeps the
closed form on its disk. Inside, integers big-endian:

| bytes | what |
|---|---|
| 4 | `OCKB` |
| 1 | format, 1 |
| 6 | division code of the community, packed decimal |
| 6 | lease end [ms since 1970 UTC] |
| 1 | number of keys that follow |
| 18 each | purpose, key version, key; rising by (purpose, version) |
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from card_protocol.crypto.box import BoxOpener, seal_box
from card_protocol.crypto.keys import KEY_SIZE_BYTES, SecretKey
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CallerFault, Malformed
from card_protocol.profiles.layout import LAYOUT, Holder
from card_protocol.words.division import Level, level_of
from card_protocol.words.ids import is_slug

COMPARTMENTS: Final[Mapping[Holder, tuple[Purpose, ...]]] = {
    holder: tuple(slot.purpose for application in LAYOUT for slot in application.keys if slot.holder is holder)
    for holder in Holder
    if holder is not Holder.SERVER
}
"""All that ever leaves the server's keystore, by who may hold it; derived from the layout."""

GATEWAY_PURPOSES: Final = COMPARTMENTS[Holder.GATEWAY]
"""What every gateway holds."""

VERSIONS_MAX: Final = 2
"""n and n + 1 live at once, so that cards can be re-keyed one by one."""

LEASE_MAX_MS: Final = 2**48

_MAGIC: Final = b"OCKB\x01"
_HEAD_BYTES: Final = len(_MAGIC) + 6 + 6 + 1
_KEY_BYTES: Final = 2 + KEY_SIZE_BYTES
_CONTEXT: Final = b"onecard.keys.v1\x00"


@dataclass(frozen=True, repr=False)
class KeyBundle:
    """For each purpose of one compartment one key, or two of consecutive versions, the older first.

    `lease_until_ms` is exclusive [ms since 1970 UTC]. CallerFault when the parts do not make a bundle.
    """

    community: str
    lease_until_ms: int
    leaves: Mapping[Purpose, tuple[SecretKey, ...]]

    def __post_init__(self) -> None:
        if problem := _problem(self.community, self.lease_until_ms, self.leaves):
            raise CallerFault(problem)

    @property
    def holder(self) -> Holder:
        """Whose compartment it is."""
        return next(holder for holder, purposes in COMPARTMENTS.items() if set(purposes) == set(self.leaves))

    def key(self, purpose: Purpose, version: int) -> SecretKey | None:
        """The leaf for a card that holds this key version; None when the bundle lacks it."""
        return next((key for key in self.leaves.get(purpose, ()) if key.version == version), None)

    @property
    def versions(self) -> tuple[int, ...]:
        """The key versions that a point with this bundle accepts, rising."""
        return tuple(key.version for key in next(iter(self.leaves.values())))

    def leased_at(self, wall_ms: int) -> bool:
        """Whether the gateway may still use these keys."""
        return wall_ms < self.lease_until_ms

    def to_bytes(self) -> bytes:
        """The one byte form of this bundle, in clear: for `wrap_bundle`, never for a disk."""
        keys = [bytes((purpose, key.version)) + key.reveal() for purpose, key in self._in_order()]
        lease = self.lease_until_ms.to_bytes(6, "big")
        return b"".join([_MAGIC, bytes.fromhex(self.community), lease, bytes((len(keys),)), *keys])

    @classmethod
    def from_bytes(cls, data: bytes) -> "KeyBundle":
        """Read a bundle; Malformed says what is wrong. Only the canonical form is read."""
        if len(data) < _HEAD_BYTES or not data.startswith(_MAGIC):
            raise Malformed("these bytes are no key bundle")
        count = data[_HEAD_BYTES - 1]
        if len(data) != _HEAD_BYTES + count * _KEY_BYTES:
            raise Malformed(f"a key bundle of {count} keys has {_HEAD_BYTES + count * _KEY_BYTES} bytes")
        try:
            bundle = cls(data[5:11].hex(), int.from_bytes(data[11:17], "big"), _read_keys(data[_HEAD_BYTES:]))
        except CallerFault as error:
            raise Malformed(str(error)) from error
        if bundle.to_bytes() != data:
            raise Malformed("the keys of a bundle rise by purpose and version")
        return bundle

    def _in_order(self) -> Iterator[tuple[Purpose, SecretKey]]:
        for purpose in sorted(self.leaves):
            for key in self.leaves[purpose]:
                yield purpose, key

    def __repr__(self) -> str:
        return f"<KeyBundle of {self.community} until {self.lease_until_ms}>"


def wrap_bundle(bundle: KeyBundle, gateway: str, box_key: bytes) -> bytes:
    """Close a bundle for one gateway: its name, and its raw 32-byte X25519 public key."""
    return seal_box(box_key, _context(gateway), bundle.to_bytes())


def unwrap_bundle(wrapped: bytes, gateway: str, opener: BoxOpener) -> KeyBundle:
    """Open a bundle. MacWrong when it was closed for another gateway or altered; Malformed when it is none."""
    return KeyBundle.from_bytes(opener.open(_context(gateway), wrapped))


def _context(gateway: str) -> bytes:
    if not is_slug(gateway):
        raise CallerFault(f"not a gateway name: {gateway!r}")
    return _CONTEXT + gateway.encode()


def _read_keys(data: bytes) -> dict[Purpose, tuple[SecretKey, ...]]:
    leaves: dict[Purpose, tuple[SecretKey, ...]] = {}
    for start in range(0, len(data), _KEY_BYTES):
        number, version = data[start], data[start + 1]
        if not any(number in purposes for purposes in COMPARTMENTS.values()):
            raise Malformed(f"purpose {number:02x} is none that a gateway may hold")
        key = SecretKey(data[start + 2 : start + _KEY_BYTES], version)
        leaves[Purpose(number)] = (*leaves.get(Purpose(number), ()), key)
    return leaves


def _problem(community: str, lease_until_ms: int, leaves: Mapping[Purpose, tuple[SecretKey, ...]]) -> str | None:
    try:
        if level_of(community) is not Level.COMMUNITY:
            return f"{community} is no community"
    except ValueError as error:
        return str(error)
    if not 0 <= lease_until_ms < LEASE_MAX_MS:
        return f"a lease ends between 0 and {LEASE_MAX_MS - 1} ms, not at {lease_until_ms}"
    if set(leaves) not in map(set, COMPARTMENTS.values()):
        return f"a key bundle holds the keys of one compartment, not {', '.join(sorted(p.name for p in leaves))}"
    for purpose, keys in leaves.items():
        versions = [key.version for key in keys]
        if not 1 <= len(keys) <= VERSIONS_MAX or versions != list(range(versions[0], versions[0] + len(keys))):
            return f"{purpose.name} takes key version n, or n and n + 1, not {versions}"
        if versions[0] < 1:
            return "key version 0 is the factory's"
    return None
