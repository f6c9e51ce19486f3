"""The tree: who can derive whose keys, and literal values that must never change."""

import pytest

from card_protocol.crypto.kdf import SM4_KDF
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose, child_node, community_node, leaf_key
from card_protocol.errors import CallerFault
from card_protocol.words.division import lineage

ROOT = SecretKey(bytes(range(16)), 1)
SHANXIAN = "330105011003"
NEIGHBOUR = "330105011004"


def test_a_unit_derives_what_lies_below_it():
    key = ROOT
    for code in lineage(SHANXIAN):
        key = child_node(key, code)
    assert key == community_node(ROOT, SHANXIAN)


def test_every_purpose_version_and_community_has_its_own_key():
    keys = [
        leaf_key(community_node(ROOT, code), code, purpose, version).reveal()
        for code in (SHANXIAN, NEIGHBOUR)
        for purpose in Purpose
        if purpose is not Purpose.NODE
        for version in (1, 2)
    ]
    assert len(set(keys)) == len(keys)


def test_the_leaf_carries_its_version():
    assert leaf_key(community_node(ROOT, SHANXIAN), SHANXIAN, Purpose.DOOR_READ, 9).version == 9


def test_literal_values_for_cards_in_the_field():
    node = community_node(ROOT, SHANXIAN)
    assert node.reveal().hex() == "50be2ff9517d4d182cce5b4ca685fd23"
    assert leaf_key(node, SHANXIAN, Purpose.DOOR_READ, 1).reveal().hex() == "1bd2c314e357c5513a5f3494720bd1fa"


def test_another_cipher_gives_another_tree():
    assert community_node(ROOT, SHANXIAN, kdf=SM4_KDF) != community_node(ROOT, SHANXIAN)


def test_what_is_no_leaf():
    node = community_node(ROOT, SHANXIAN)
    with pytest.raises(CallerFault, match="node key"):
        leaf_key(node, SHANXIAN, Purpose.NODE, 1)
    with pytest.raises(CallerFault, match="factory"):
        leaf_key(node, SHANXIAN, Purpose.DOOR_READ, 0)


@pytest.mark.parametrize("code", ["330105011000", "330105000000"])
def test_a_street_is_no_community(code):
    with pytest.raises(CallerFault, match="not the code of a community"):
        community_node(ROOT, code)


@pytest.mark.parametrize("code", ["", "33010501100", "33010501100x", "330000000000"])
def test_what_is_no_code(code):
    with pytest.raises(CallerFault):
        child_node(ROOT, code)
