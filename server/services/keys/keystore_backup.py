"""Backup of the keystore, and the way back: a copy that was opened before anybody relies on it."""

from pathlib import Path

from server.services.keys.keystore import KeystoreError, SecretsKeystore
from server.services.keys.keystore_file import opened, read, write_new


def back_up(keystore: Path, target: Path, passphrase: str) -> str:
    """Copy the keystore to `target` (which must not exist) and open the copy; its check value, for the papers.

    KeystoreError when the keystore, or the copy, does not open with the passphrase.
    """
    original = read(keystore, passphrase)
    write_new(target, keystore.read_bytes())
    return _same(original, read(target, passphrase))


def restore(backup: Path, keystore: Path, passphrase: str, community: str, check: str | None = None) -> str:
    """Put a backup in the keystore's place, which must be empty; its check value.

    KeystoreError, before anything is written, when the backup does not open, is another community's, or has
    another check value than the papers say (`check`; case and dashes do not matter).
    """
    found = check_backup(backup, passphrase, community, check)
    write_new(keystore, backup.read_bytes())
    return _same(found, read(keystore, passphrase))


def check_backup(backup: Path, passphrase: str, community: str, check: str | None) -> SecretsKeystore:
    """The keystore in a backup; the errors of `restore`."""
    return _judged(read(backup, passphrase), community, check)


def tested_value(data: bytes, passphrase: str, community: str, check: str) -> str:
    """The check value of a copy that somebody brought back; the errors of `restore`."""
    return _judged(opened(data, passphrase, "the copy"), community, check).check_value()


def _judged(found: SecretsKeystore, community: str, check: str | None) -> SecretsKeystore:
    if found.community != community:
        raise KeystoreError(
            f"this backup is the keystore of {found.community}, the configuration is for {community}",
            f"此备份是 {found.community} 的密钥库，而配置为 {community}",
        )
    if check is not None and _plain(check) != _plain(found.check_value()):
        raise KeystoreError(
            f"this backup has the check value {found.check_value()}, the papers say {check}",
            f"此备份的校验值为 {found.check_value()}，纸面记录为 {check}",
        )
    return found


def check_same(found: SecretsKeystore, present: Path, passphrase: str) -> None:
    """KeystoreError when the keystore that lies there already is another one."""
    value = read(present, passphrase).check_value()
    if value != found.check_value():
        raise KeystoreError(
            f"the keystore at {present} is another one ({value}); move it away before restoring",
            f"{present} 处是另一密钥库（{value}）；请先移走再恢复",
        )


def _same(one: SecretsKeystore, other: SecretsKeystore) -> str:
    if one.check_value() != other.check_value():
        raise KeystoreError("the copy is not what was copied; look at the disk", "副本与原件不同；请检查磁盘")
    return other.check_value()


def _plain(check: str) -> str:
    return check.replace("-", "").replace(" ", "").upper()
