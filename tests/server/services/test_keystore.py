"""The keystore: what can be made with it, and that nothing shows."""

import pytest

from card_protocol.crypto.box import BoxOpener
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose, child_node, community_node, leaf_key
from card_protocol.profiles.key_bundle import GATEWAY_PURPOSES, unwrap_bundle
from card_protocol.words.division import lineage
from server.services.keystore import ROOT, Keystore, KeystoreError, from_secrets, new_secrets
from tests.server.build import COMMUNITY, Dice

SECRETS = dict(new_secrets(COMMUNITY, Dice()))
ROOT_KEY = SecretKey(bytes.fromhex(SECRETS["held"]))


def keystore(**changes: str) -> Keystore:
    return from_secrets(SECRETS | changes)


def test_leaves_are_those_of_the_key_tree() -> None:
    node = community_node(ROOT_KEY, COMMUNITY)
    assert keystore().node() == node
    assert keystore().leaf(Purpose.DOOR_READ) == leaf_key(node, COMMUNITY, Purpose.DOOR_READ, 1)
    assert keystore(key_version="3").leaf(Purpose.UPDATER, 2) == leaf_key(node, COMMUNITY, Purpose.UPDATER, 2)


def test_a_district_that_holds_its_own_node_comes_to_the_same_leaves() -> None:
    key = ROOT_KEY
    for code in lineage(COMMUNITY):
        key = child_node(key, code)
        held = keystore(held_unit=code, held=key.reveal().hex())
        assert held.leaf(Purpose.CARD_MASTER) == keystore().leaf(Purpose.CARD_MASTER)


def test_doors_accept_the_present_version_and_the_one_before() -> None:
    assert keystore().versions() == (1,)
    assert keystore(key_version="4").versions() == (3, 4)


def test_a_gateway_gets_its_two_leaves_for_its_own_key_alone() -> None:
    opener = BoxOpener(bytes([7]) * 32)
    wrapped = keystore(key_version="2").bundle_for("g-1", opener.public_bytes, 1000)
    bundle = unwrap_bundle(wrapped, "g-1", opener)
    assert set(bundle.leaves) == set(GATEWAY_PURPOSES)
    assert [key.version for key in bundle.leaves[Purpose.DOOR_READ]] == [1, 2]
    assert bundle.lease_until_ms == 1000


def test_the_check_value_tells_keystores_apart_and_nothing_else() -> None:
    value = keystore().check_value()
    assert value == keystore().check_value()
    assert value != from_secrets(new_secrets(COMMUNITY, lambda n: bytes([9]) * n)).check_value()
    assert len(value) == 19
    assert not any(secret.lower() in value.lower() for secret in SECRETS.values())


def test_nothing_shows() -> None:
    shown = repr(keystore()) + str(keystore())
    assert not any(SECRETS[name] in shown for name in ("held", "server_seed", "grant_seed"))


@pytest.mark.parametrize(
    "changes",
    [{"held": "00"}, {"held_unit": "330106000000"}, {"key_version": "x"}, {"server_seed": "zz"}, {"community": "1"}],
)
def test_other_content_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(KeystoreError):
        keystore(**changes)
    with pytest.raises(KeystoreError):
        from_secrets({})


def test_a_new_one_stands_alone_with_its_own_root() -> None:
    assert new_secrets(COMMUNITY, Dice())["held_unit"] == ROOT


def test_what_it_locks_only_it_opens_and_under_the_same_label() -> None:
    dice = Dice()
    keystore = from_secrets(new_secrets(COMMUNITY, dice))
    box = keystore.lock("authority 1", b"a key", dice)
    assert b"a key" not in box
    assert keystore.unlock("authority 1", box) == b"a key"
    other = from_secrets(new_secrets(COMMUNITY, dice))
    for who, label, data in (
        (other, "authority 1", box),
        (keystore, "authority 2", box),
        (keystore, "authority 1", box[:-1]),
        (keystore, "authority 1", b""),
    ):
        with pytest.raises(KeystoreError, match=f"{label} does not open"):
            who.unlock(label, data)
