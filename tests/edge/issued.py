"""Cards of a community, issued as the server does it, and what a gateway of that community holds."""

import os
from collections.abc import Callable

from card_protocol.channel.converse import converse
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.signing import Signer
from card_protocol.crypto.tree import Purpose, leaf_key
from card_protocol.profiles.card_keys import issuer_keys
from card_protocol.profiles.header import Header
from card_protocol.profiles.key_bundle import GATEWAY_PURPOSES, KeyBundle
from card_protocol.profiles.layout import ACCESS
from card_protocol.profiles.personalise import Issued, IssueOrder, personalise
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.card.state import Silicon, factory
from tests.edge.words import CARD_ID, HOLDER, UID

COMMUNITY = "330105009001"
FOREIGN_COMMUNITY = "330105009002"
KEY_VERSION = 1
LEASE_UNTIL_MS = 2**47
SIGNER = Signer(bytes(range(32, 64)))
"""Signs what rides on cards."""


def community_key(community: str = COMMUNITY) -> SecretKey:
    return SecretKey(bytes.fromhex(community.rjust(32, "5")), KEY_VERSION)


def bundle(community: str = COMMUNITY, lease_until_ms: int = LEASE_UNTIL_MS) -> KeyBundle:
    return KeyBundle(community, lease_until_ms, {purpose: (_leaf(community, purpose),) for purpose in GATEWAY_PURPOSES})


def _leaf(community: str, purpose: Purpose) -> SecretKey:
    return leaf_key(community_key(community), community, purpose, KEY_VERSION)


def stock_card(uid: str = UID) -> Card:
    return Card(factory(Silicon(uid=bytes.fromhex(uid))), seeded(uid))


def issued_card(
    uid: str = UID, card_id: str = CARD_ID, community: str = COMMUNITY, *, grant: bytes = b"", revocations: bytes = b""
) -> Card:
    """A card with the access application only: it is all that a door sees."""
    card = stock_card(uid)
    header = Header(
        community=community,
        card_id=card_id,
        holder=HOLDER,
        issue_serial=1,
        issued_day=20_000,
        revocation_version=0,
        key_version=KEY_VERSION,
    )
    card.power_on()
    order = IssueOrder(bytes.fromhex(uid), header, grant=grant, revocations=revocations)
    keys = issuer_keys(community_key(community), community, KEY_VERSION)
    result = converse(personalise(order, keys, os.urandom, applications=[ACCESS]), card.transmit)
    assert isinstance(result, Issued), result
    card.power_off()
    return card


Transmit = Callable[[bytes], bytes]
