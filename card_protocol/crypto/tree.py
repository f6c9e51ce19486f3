"""The key tree: root → city → district → street → community → one leaf per purpose.

Each step is KDF(level ‖ division code ‖ purpose ‖ version). A unit that holds its own node key can derive
everything below it and nothing beside or above it. The leaf is then diversified per card
(`card_protocol.crypto.diversify.card_key`).

The numbers of levels and purposes go into the derivation: a number, once used, is never given to something else.
"""

from enum import IntEnum
from typing import Final

from card_protocol.crypto.kdf import AES_KDF, Kdf
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault
from card_protocol.words.division import Level, level_of, lineage

NODE_VERSION: Final = 1
_LABEL: Final = b"onecard key tree v1"
_LEVEL_NUMBER: Final = {Level.CITY: 1, Level.DISTRICT: 2, Level.STREET: 3, Level.COMMUNITY: 4}


class Purpose(IntEnum):
    """What a key is for; the value is part of the derivation."""

    NODE = 0x00
    CARD_MASTER = 0x01
    ACCESS_MASTER = 0x10
    DOOR_READ = 0x11
    EVENT_APPEND = 0x12
    UPDATER = 0x13
    PRIVACY = 0x14
    ACCESS_TRANSACTION_MAC = 0x15
    CARE_ADMIN = 0x20
    CARE_READ = 0x21
    CARE_APPEND = 0x22
    CLINIC_MASTER = 0x30
    CLINIC = 0x31
    ACTIVITY_MASTER = 0x40
    ACTIVITY = 0x41
    PROPERTY_MASTER = 0x50
    PROPERTY = 0x51
    PURSE_MASTER = 0x60
    PURSE_DEBIT = 0x61
    PURSE_CREDIT = 0x62
    PURSE_TRANSACTION_MAC = 0x63


def child_node(parent: SecretKey, code: str, *, kdf: Kdf = AES_KDF) -> SecretKey:
    """The node key of the unit `code`, from the node key one level up (a city's from the root key)."""
    return kdf.derive(parent, _LABEL, _context(code, Purpose.NODE, NODE_VERSION), NODE_VERSION)


def community_node(root: SecretKey, community: str, *, kdf: Kdf = AES_KDF) -> SecretKey:
    """Walk from the root key to the node key of the 12-digit `community`."""
    _check_community(community)
    key = root
    for code in lineage(community):
        key = child_node(key, code, kdf=kdf)
    return key


def leaf_key(
    community_key: SecretKey, community: str, purpose: Purpose, version: int, *, kdf: Kdf = AES_KDF
) -> SecretKey:
    """The community's key for `purpose` at key version 1 to 255, still to be diversified per card."""
    _check_community(community)
    if purpose is Purpose.NODE:
        raise CallerFault("a node key is not a leaf")
    if version < 1:
        raise CallerFault("key version 0 is the factory's")
    return kdf.derive(community_key, _LABEL, _context(community, purpose, version), version)


def _context(code: str, purpose: Purpose, version: int) -> bytes:
    return bytes((_LEVEL_NUMBER[_level(code)],)) + bytes.fromhex(code) + bytes((purpose, version))


def _level(code: str) -> Level:
    try:
        return level_of(code)
    except ValueError as error:
        raise CallerFault(str(error)) from error


def _check_community(code: str) -> None:
    if _level(code) is not Level.COMMUNITY:
        raise CallerFault(f"{code} is not the code of a community")
