"""Keys of one card: literal derivation, the factory's, and the slots that are not diversified."""

from card_protocol.crypto.diversify import diversify
from card_protocol.crypto.keys import FACTORY_KEY
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.card_keys import key_on_card
from card_protocol.profiles.layout import ACCESS
from tests.card_protocol.field import UID, issuer


def test_uid_aid_number_version():
    leaf = issuer().leaf(Purpose.DOOR_READ, 3)
    expected = diversify(leaf, UID + bytes.fromhex("014A0C") + bytes((1, 3)))
    assert issuer().on_card(ACCESS.key("door read"), ACCESS.aid, UID, 3) == expected


def test_version_0_is_the_factorys():
    assert issuer().on_card(ACCESS.key("door read"), ACCESS.aid, UID, 0) == FACTORY_KEY


def test_a_new_card_gets_the_issuers_version():
    assert issuer(version=5).fresh(ACCESS.key("updater"), ACCESS.aid, UID).version == 5


def test_the_privacy_key_is_the_same_on_all_cards():
    leaf = issuer().leaf(Purpose.PRIVACY, 1)
    assert key_on_card(leaf, ACCESS.key("privacy"), ACCESS.aid, UID) == leaf
    assert key_on_card(leaf, ACCESS.key("door read"), ACCESS.aid, UID) != leaf
