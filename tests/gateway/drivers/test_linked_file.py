"""Files behind a link: a new one takes over, the old one stays."""

from pathlib import Path

import pytest

from gateway.drivers.linked_file import LinkedFile, sync_file, sync_folder, write_atomically


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_there_is_nothing_at_first(tmp_path: Path) -> None:
    link = LinkedFile(tmp_path, "journal.db")
    assert (link.exists(), link.is_current(), link.target(), link.set_aside_name("m")) == (False, False, "", "")
    with pytest.raises(FileNotFoundError):
        link.remember()


def test_it_leads_to_a_file_and_then_to_another(tmp_path: Path) -> None:
    link = LinkedFile(tmp_path, "journal.db")
    link.point_at(put(tmp_path, "journal-a.db", "a"))
    assert link.remember().name == "journal-a.db"
    assert link.is_current()
    other = LinkedFile(tmp_path, "journal.db")
    other.point_at(put(tmp_path, "journal-b.db", "b"))
    assert not link.is_current(), "seen by everyone who has the old one open"
    assert link.path.read_text() == "b"
    assert (tmp_path / "journal-a.db").read_text() == "a"
    assert link.set_aside_name("m") == "journal-b.db", "a file behind a link keeps its own name"


def test_a_plain_file_in_the_links_place_gets_a_name_to_stay_under(tmp_path: Path) -> None:
    link = LinkedFile(tmp_path, "journal.db")
    put(tmp_path, "journal.db", "restored by hand")
    put(tmp_path, "journal.db-wal", "its log")
    assert link.remember() == tmp_path / "journal.db"
    assert link.set_aside_name("m1") == "journal-before-m1.db"
    link.point_at(put(tmp_path, "journal-c.db", "c"))
    assert (tmp_path / "journal-before-m1.db").read_text() == "restored by hand"
    assert (tmp_path / "journal-before-m1.db-wal").read_text() == "its log"
    assert link.path.read_text() == "c"


def test_a_link_that_leads_nowhere_is_no_file(tmp_path: Path) -> None:
    link = LinkedFile(tmp_path, "journal.db")
    link.point_at(tmp_path / "gone.db")
    assert (link.exists(), link.target()) == (False, "")


def test_what_a_crash_left_of_a_new_link_does_not_hinder_the_next(tmp_path: Path) -> None:
    (tmp_path / "journal.db.new").symlink_to("nowhere")
    link = LinkedFile(tmp_path, "journal.db")
    link.point_at(put(tmp_path, "journal-a.db", "a"))
    assert link.path.read_text() == "a"


def test_a_small_file_is_replaced_as_a_whole_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "acked.json"
    (tmp_path / "acked.json.new").write_text("left by a crash")
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["acked.json"]


def test_syncing_a_file_and_a_folder(tmp_path: Path) -> None:
    sync_file(put(tmp_path, "x", "x"))
    sync_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_file(tmp_path / "y")
