"""Backup and restore of the keystore, and what is refused before anything is written."""

import os
import stat
from pathlib import Path

import pytest

from card_protocol.channel.converse import converse
from card_protocol.crypto.box import BoxOpener
from card_protocol.profiles.card_keys import IssuerKeys
from card_protocol.profiles.header import Header
from card_protocol.profiles.key_bundle import unwrap_bundle
from card_protocol.profiles.personalise import Issued, IssueOrder, personalise
from card_protocol.profiles.roll_keys import roll_keys
from card_protocol.profiles.tap import CardReading, read_card
from server.services.keys.keystore import KeystoreError, from_secrets, new_secrets
from server.services.keys.keystore_backup import back_up, restore
from server.services.keys.keystore_file import read, write
from tests.server.build import COMMUNITY, Dice
from tests.server.desk import UID, stock_card

PASSPHRASE = "correct horse battery staple"
SECRETS = new_secrets(COMMUNITY, lambda n: bytes(range(100, 100 + n)))
CHECK = from_secrets(SECRETS).check_value()


@pytest.fixture
def keystore(tmp_path: Path) -> Path:
    made = tmp_path / "keystore"
    write(made, SECRETS, PASSPHRASE, Dice(), log_n=4)
    return made


def test_the_drill_lose_the_keystore_and_restore_it(keystore: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    assert back_up(keystore, backup, PASSPHRASE) == CHECK
    keystore.unlink()
    assert restore(backup, keystore, PASSPHRASE, COMMUNITY, CHECK.lower().replace("-", " ")) == CHECK
    assert read(keystore, PASSPHRASE).held.reveal() == bytes.fromhex(SECRETS["held"])
    assert stat.S_IMODE(os.stat(keystore).st_mode) == stat.S_IMODE(os.stat(backup).st_mode) == 0o600


def test_after_the_drill_cards_and_gateways_of_before_are_still_ours(keystore: Path, tmp_path: Path) -> None:
    before, opener, uid = read(keystore, PASSPHRASE), BoxOpener(bytes([7]) * 32), bytes.fromhex(UID)
    card = stock_card()
    card.power_on()
    header = Header(COMMUNITY, "01JD0000000000000000000001", "00" * 8, 1, 20_000, 0, 1)
    order, keys = IssueOrder(uid, header), IssuerKeys(before.leaf, 1)
    assert isinstance(converse(personalise(order, keys, Dice(1)), card.transmit), Issued)
    bundle = unwrap_bundle(before.bundle_for("g-1", opener.public_bytes, 1000, (1, 2)), "g-1", opener)
    signed = before.grants.sign(b"grant")

    backup = tmp_path / "backup"
    back_up(keystore, backup, PASSPHRASE)
    keystore.unlink()
    restore(backup, keystore, PASSPHRASE, COMMUNITY)
    after = read(keystore, PASSPHRASE)

    assert unwrap_bundle(after.bundle_for("g-1", opener.public_bytes, 1000, (1, 2)), "g-1", opener) == bundle
    assert after.grants.verifier.verify(b"grant", signed)
    assert isinstance(converse(read_card(uid, bundle, Dice(2)), card.transmit), CardReading)
    assert converse(roll_keys(uid, IssuerKeys(after.leaf, 2), Dice(3)), card.transmit).version == 2
    found = converse(read_card(uid, bundle, Dice(4)), card.transmit)
    assert isinstance(found, CardReading)
    assert found.key_version == 2


def test_nothing_is_overwritten(keystore: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    back_up(keystore, backup, PASSPHRASE)
    before = keystore.read_bytes()
    for attempt in (
        lambda: back_up(keystore, backup, PASSPHRASE),
        lambda: restore(backup, keystore, PASSPHRASE, COMMUNITY),
    ):
        with pytest.raises(KeystoreError, match="never overwritten"):
            attempt()
    assert keystore.read_bytes() == before


@pytest.mark.parametrize(
    ("passphrase", "community", "check", "said"),
    [
        ("another passphrase", COMMUNITY, None, "does not open"),
        (PASSPHRASE, "330105009099", None, "is the keystore of"),
        (PASSPHRASE, COMMUNITY, "0000-0000-0000-0000", "the papers say"),
    ],
)
def test_a_wrong_backup_is_refused_before_anything_is_written(
    keystore: Path, tmp_path: Path, passphrase: str, community: str, check: str | None, said: str
) -> None:
    place = tmp_path / "place"
    with pytest.raises(KeystoreError, match=said):
        restore(keystore, place, passphrase, community, check)
    assert not place.exists()


def test_a_folder_that_is_not_there_is_told(keystore: Path, tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="cannot write"):
        back_up(keystore, tmp_path / "nowhere" / "backup", PASSPHRASE)
