"""The keys of one card, from the leaf keys of its community, and opening a level of the card with one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from card_protocol.channel.authenticate import Random, authenticate_first
from card_protocol.channel.card_keys import get_key_version
from card_protocol.channel.converse import Conversation
from card_protocol.channel.session import Session
from card_protocol.crypto.diversify import card_key
from card_protocol.crypto.kdf import AES_KDF, Kdf
from card_protocol.crypto.keys import FACTORY_KEY, SecretKey
from card_protocol.crypto.tree import Purpose, leaf_key
from card_protocol.profiles.layout import KeySlot

LeafSource: TypeAlias = Callable[[Purpose, int], SecretKey]
"""(purpose, key version) -> the community's leaf key: what a keystore or an HSM answers."""


class DoorKeys(Protocol):
    """What a reader at a point holds: leaf keys of one community, one or two versions each (`KeyBundle`)."""

    @property
    def community(self) -> str:
        """12-digit code."""

    @property
    def leaves(self) -> Mapping[Purpose, tuple[SecretKey, ...]]:
        """Keys by purpose, rising by version."""


def key_on_card(leaf: SecretKey, slot: KeySlot, aid: bytes, uid: bytes) -> SecretKey:
    """The key in a slot of the card `uid`, from the leaf of its purpose and version."""
    return card_key(leaf, uid, aid, slot.number) if slot.per_card else leaf


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """All keys of cards of one community, at the server. `version` is the one that new cards get."""

    leaf: LeafSource
    version: int

    def on_card(self, slot: KeySlot, aid: bytes, uid: bytes, version: int) -> SecretKey:
        """The key in a slot at a version; version 0 is what the factory put there."""
        return key_on_card(self.leaf(slot.purpose, version), slot, aid, uid) if version else FACTORY_KEY

    def fresh(self, slot: KeySlot, aid: bytes, uid: bytes) -> SecretKey:
        """The key that a new card gets in a slot."""
        return self.on_card(slot, aid, uid, self.version)


def issuer_keys(community_key: SecretKey, community: str, version: int, *, kdf: Kdf = AES_KDF) -> IssuerKeys:
    """The keys below a community's node key."""
    return IssuerKeys(lambda purpose, v: leaf_key(community_key, community, purpose, v, kdf=kdf), version)


def open_slot(
    aid: bytes, slot: KeySlot, uid: bytes, keys: IssuerKeys, random: Random
) -> Conversation[tuple[Session, int]]:
    """Authenticate with a key of the level just selected, at whatever version the card says it has."""
    version = yield from get_key_version(slot.number)
    session = yield from authenticate_first(keys.on_card(slot, aid, uid, version), slot.number, random)
    return session, version
