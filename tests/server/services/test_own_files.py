"""Files for another program: whole, with the right mode, and untouched when nothing changed."""

import stat
from pathlib import Path

import pytest

from server.services.own_files import read_private, write_file


def test_a_file_is_written_once_for_one_content(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert write_file(path, b"one")
    seen = path.stat()
    assert not write_file(path, b"one")
    assert path.stat().st_ino == seen.st_ino
    assert write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [found.name for found in tmp_path.iterdir()] == ["a"]


def test_a_private_one_is_for_owner_and_group(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert write_file(path, b"key", private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert read_private(path) == b"key"
    path.chmod(0o644)
    with pytest.raises(ValueError, match="readable by everybody"):
        read_private(path)
    assert write_file(path, b"key", private=True), "its mode is put right"
    assert read_private(path) == b"key"


def test_what_a_crash_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".a.new").write_bytes(b"half")
    assert write_file(tmp_path / "a", b"one")
    assert not (tmp_path / ".a.new").exists()
