"""The keystore: what can be made with it, and that nothing shows."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from card_protocol.channel.converse import converse
from card_protocol.crypto.box import BoxOpener
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose, child_node, community_node, leaf_key
from card_protocol.profiles.key_bundle import GATEWAY_PURPOSES, unwrap_bundle
from card_protocol.profiles.layout import LAYOUT, Holder
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.words.division import lineage
from server.services.desk.at_desk import DeskJob
from server.services.desk.issuing import issue
from server.services.desk.renewing import renew_card
from server.services.keys.keystore import ROOT, KeystoreError, SecretsKeystore, from_secrets, new_secrets
from tests.server.build import ADMIN, COMMUNITY, Dice, make_community
from tests.server.desk import DESK, UID, Reader, stock_card
from tests.server.services.desk.test_issuing import order
from tests.server.token_keystore import TokenKeystore

SECRETS = dict(new_secrets(COMMUNITY, Dice()))
ROOT_KEY = SecretKey(bytes.fromhex(SECRETS["held"]))


def keystore(**changes: str) -> SecretsKeystore:
    return from_secrets(SECRETS | changes)


def test_leaves_are_those_of_the_key_tree() -> None:
    node = community_node(ROOT_KEY, COMMUNITY)
    assert keystore().node() == node
    assert keystore().leaf(Purpose.DOOR_READ, 1) == leaf_key(node, COMMUNITY, Purpose.DOOR_READ, 1)
    assert keystore().leaf(Purpose.UPDATER, 2) == leaf_key(node, COMMUNITY, Purpose.UPDATER, 2)


def test_a_district_that_holds_its_own_node_comes_to_the_same_leaves() -> None:
    key = ROOT_KEY
    for code in lineage(COMMUNITY):
        key = child_node(key, code)
        held = keystore(held_unit=code, held=key.reveal().hex())
        assert held.leaf(Purpose.CARD_MASTER, 1) == keystore().leaf(Purpose.CARD_MASTER, 1)


def test_a_gateway_gets_its_two_leaves_for_its_own_key_alone() -> None:
    opener = BoxOpener(bytes([7]) * 32)
    wrapped = keystore().bundle_for("g-1", opener.public_bytes, 1000, (1, 2))
    bundle = unwrap_bundle(wrapped, "g-1", opener)
    may_hold = {slot.purpose for app in LAYOUT for slot in app.keys if slot.holder is Holder.GATEWAY}
    assert set(bundle.leaves) == set(GATEWAY_PURPOSES) == may_hold, "the table of who holds which key"
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
    [{"held": "00"}, {"held_unit": "330106000000"}, {"server_seed": "zz"}, {"community": "1"}],
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


@pytest.fixture
def token() -> TokenKeystore:
    """The same keys, kept as a PKCS#11 token keeps them."""
    seeds = (bytes.fromhex(SECRETS[name]) for name in ("server_seed", "grant_seed"))
    return TokenKeystore(COMMUNITY, keystore().node().reveal(), *seeds)


def test_a_token_that_shows_none_of_its_keys_gives_the_same_leaves(token: TokenKeystore) -> None:
    for purpose in set(Purpose) - {Purpose.NODE}:
        for version in (1, 2, 255):
            assert token.leaf(purpose, version) == keystore().leaf(purpose, version)


def test_a_server_that_stands_on_a_token_enrols_issues_and_renews(sqlite_engine: Engine, token: TokenKeystore) -> None:
    community = make_community(sqlite_engine)
    community.house = replace(community.house, keystore=token)
    box = community.box("g-1")
    assert box.enrolment is not None
    bundle = unwrap_bundle(bytes.fromhex(box.enrolment.wrapped_keys), "g-1", box.opener)
    card, request = stock_card(), order(community)

    async def story() -> None:
        reader = Reader(community).join()
        await reader.put(card)
        await issue(community.house, ADMIN, request)
        await renew_card(community.house, ADMIN, DeskJob(desk=DESK))

    asyncio.run(story())
    reading = converse(read_card(bytes.fromhex(UID), bundle, Dice()), card.transmit)
    assert isinstance(reading, CardReading)
    assert {Purpose.CARD_MASTER, Purpose.UPDATER, Purpose.DOOR_READ} <= {purpose for purpose, _ in token.calls}
