"""The file of a backup: what it holds, what it does not, and how damage in it is noticed."""

import os
import stat
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.services.backup import backup
from server.services.backup.backup import BackupError, BackupHead
from server.services.keys.keystore import KeystoreError
from tests.server.build import COMMUNITY
from tests.server.services.backup.backup_drill import PASSPHRASE, Site, everything, lived_in, nobody


@pytest.fixture
def site(sqlite_engine: Engine, tmp_path: Path) -> Site:
    return lived_in(sqlite_engine, tmp_path)


def test_it_holds_every_row_but_those_that_are_made_anew(site: Site, tmp_path: Path) -> None:
    told: dict[str, int] = {}
    target = tmp_path / "b.zip"
    head = backup.make(site.community.transactions, site.keystore, PASSPHRASE, target, told.__setitem__)
    rows = {name: len(rows) for name, rows in everything(site.community.transactions.engine).items()}
    assert told == {name: count for name, count in rows.items() if name not in backup.NOT_KEPT}
    assert (head.community, head.rows) == (COMMUNITY, sum(told.values()))
    assert stat.S_IMODE(os.stat(target).st_mode) == 0o600
    with zipfile.ZipFile(target) as archive:
        assert backup.read_head(archive) == head
        assert archive.read("keystore.json") == site.keystore.read_bytes()
        dead = archive.read("tables/dead_letter.jsonl")
    assert b"no event at all".hex() in dead.decode()


def test_nobody_is_signed_in_by_a_backup_and_no_old_policy_comes_back() -> None:
    kept = {table.name for table in backup._kept_tables()}
    assert kept.isdisjoint({"user_session", "policy_version"})
    assert {"card", "event", "audit", "counter", "revocation"} <= kept


def test_nothing_is_overwritten_and_nothing_left_behind(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    target.write_text("mine")
    with pytest.raises(BackupError, match="never overwritten"):
        site.back_up(target)
    assert target.read_text() == "mine"
    with pytest.raises(BackupError, match="cannot write"):
        site.back_up(tmp_path / "no-such-folder" / "b.zip")
    with pytest.raises(KeystoreError, match="passphrase"):
        backup.make(site.community.transactions, site.keystore, "not the passphrase", tmp_path / "c.zip", nobody)
    assert not (tmp_path / "c.zip").exists()
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda parts: parts.pop("backup.json"), "no backup of onecard"),
        (lambda parts: parts.update({"backup.json": b"{"}), "no backup of onecard"),
        (lambda parts: parts.update({"backup.json": b" " * (backup.HEAD_MAX_BYTES + 1)}), "too long"),
        (lambda parts: parts.update({"backup.json": _other_form(parts)}), "has the form onecard-backup-9"),
        (lambda parts: parts.pop("tables/card.jsonl"), "damaged: table card"),
        (lambda parts: parts.update({"tables/card.jsonl": b""}), "damaged: table card is not the one"),
        (lambda parts: parts.update({"tables/card.jsonl": b"[1]\n"}), "damaged: table card, row 1"),
        (lambda parts: parts.update({"tables/card.jsonl": b"\xff\n"}), "damaged: table card, row 1"),
    ],
)
def test_damage_is_noticed(spoil, said: str, site: Site, tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    site.back_up(target)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    spoil(parts)
    spoiled = tmp_path / "spoiled.zip"
    with zipfile.ZipFile(spoiled, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(BackupError, match=said):
        _read_all(spoiled)


def _read_all(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        for table in backup.read_head(archive).tables:
            list(backup.lines(archive, table))


def _other_form(parts: dict[str, bytes]) -> bytes:
    head = BackupHead.model_validate_json(parts["backup.json"])
    return head.model_copy(update={"format": "onecard-backup-9"}).model_dump_json().encode()
