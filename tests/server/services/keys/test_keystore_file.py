"""The file of the keystore."""

import json
import os
import stat
from pathlib import Path

import pytest

from server.services.keys.keystore import KeystoreError, from_secrets, new_secrets
from server.services.keys.keystore_file import read, weakness, write
from tests.server.build import COMMUNITY, Dice

PASSPHRASE = "correct horse battery staple"
SECRETS = new_secrets(COMMUNITY, lambda n: bytes(range(100, 100 + n)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "keystore"
    write(made, SECRETS, PASSPHRASE, Dice(), log_n=4)
    return made


def test_what_was_written_is_read(path: Path) -> None:
    assert read(path, PASSPHRASE).check_value() == from_secrets(SECRETS).check_value()


def test_only_its_owner_may_read_it_and_no_secret_is_in_it(path: Path) -> None:
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    text = path.read_text()
    assert not any(SECRETS[name] in text for name in ("held", "server_seed", "grant_seed"))


def test_a_copy_is_a_backup(path: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    backup.write_bytes(path.read_bytes())
    path.unlink()
    assert read(backup, PASSPHRASE).check_value() == from_secrets(SECRETS).check_value()


def test_it_is_never_overwritten(path: Path) -> None:
    with pytest.raises(KeystoreError, match="never overwritten"):
        write(path, SECRETS, PASSPHRASE, Dice(), log_n=4)


@pytest.mark.parametrize("field", ["salt", "nonce", "box", "log_n"])
def test_an_altered_file_does_not_open(path: Path, field: str) -> None:
    content = json.loads(path.read_text())
    value = content[field]
    content[field] = value + 1 if isinstance(value, int) else value[:-1] + ("0" if value[-1] != "0" else "1")
    path.write_text(json.dumps(content))
    with pytest.raises(KeystoreError, match="does not open"):
        read(path, PASSPHRASE)


def test_another_passphrase_does_not_open_it(path: Path) -> None:
    with pytest.raises(KeystoreError, match="does not open"):
        read(path, PASSPHRASE + "!")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format":"onecard-keystore-9"}'])
def test_what_is_no_keystore_is_told_so(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(KeystoreError, match="no keystore"):
        read(path, PASSPHRASE)


def test_a_cost_from_a_file_is_bounded(path: Path) -> None:
    path.write_text(path.read_text().replace('"log_n": 4', '"log_n": 40'))
    with pytest.raises(KeystoreError, match="no keystore"):
        read(path, PASSPHRASE)


def test_files_that_cannot_be_are_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="cannot read"):
        read(tmp_path / "nothing", PASSPHRASE)
    with pytest.raises(KeystoreError, match="cannot write"):
        write(tmp_path / "no" / "folder", SECRETS, PASSPHRASE, Dice(), log_n=4)
    with pytest.raises(KeystoreError, match="fewer than"):
        write(tmp_path / "short", SECRETS, "short", Dice(), log_n=4)


@pytest.mark.parametrize(
    "passphrase",
    ["onecardonecard", "Change-Me-Change-Me", "password1234", "OneCard-2026-2026", "123456123456", "x"],
)
def test_a_passphrase_that_everybody_tries_first_is_none(tmp_path: Path, passphrase: str) -> None:
    with pytest.raises(KeystoreError, match="passphrase"):
        write(tmp_path / "keystore", {}, passphrase, Dice(), log_n=4)
    assert not (tmp_path / "keystore").exists()


def test_one_of_ones_own_may_do() -> None:
    assert weakness("correct horse battery staple") is None
    assert weakness("a secret of ours") is None
