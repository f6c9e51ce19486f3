"""Backup and restore of the keystore, and what is refused before anything is written."""

import os
import stat
from pathlib import Path

import pytest

from server.services.keystore import KeystoreError, from_secrets, new_secrets
from server.services.keystore_backup import back_up, restore
from server.services.keystore_file import read, write
from tests.server.build import COMMUNITY, Dice

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
