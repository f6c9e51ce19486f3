"""Journal files that were set aside, and what the server lacks of them."""

import os
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.drivers.journal_archive import JournalArchive
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.state_file import StateFile
from gateway.ports.journal import Head, JournalUnavailable
from tests.gateway.world import GATEWAY, HandClock, event


class Shelf:
    """A box whose journal was set aside with 300 events in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        journal = JournalFile(folder, GATEWAY, HandClock())
        self.heads = [journal.append(event(number)) for number in range(300)]
        self.old = folder / f"journal-{self.heads[0].epoch}.db"
        journal.set_aside("for the test")
        journal.close()

    def archive(self) -> JournalArchive:
        return JournalArchive(self.folder, GATEWAY, StateFile(self.folder))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_a_sound_file_is_read_as_it_is(shelf: Shelf) -> None:
    archive = shelf.archive()
    ((chain, acked),) = archive.unsent()
    assert (chain.head(), chain.floor().seq, acked) == (shelf.heads[-1], 0, None)
    assert [entry.hash for entry in chain.read(11, 2)] == [shelf.heads[10].hash, shelf.heads[11].hash]
    assert chain.hash_of(7) == shelf.heads[6].hash
    assert archive.chain(shelf.heads[0].epoch) is chain
    assert not list(shelf.folder.glob("salvage-*"))
    archive.close()


def test_the_file_in_use_is_none_of_it(shelf: Shelf) -> None:
    current = (shelf.folder / "journal.db").resolve().stem.removeprefix("journal-")
    assert shelf.archive().chain(current) is None


def test_what_the_server_has_is_not_offered(shelf: Shelf) -> None:
    StateFile(shelf.folder).save_acked(shelf.heads[99])
    ((_, acked),) = shelf.archive().unsent()
    assert acked == shelf.heads[99]
    StateFile(shelf.folder).save_acked(shelf.heads[-1])
    assert list(shelf.archive().unsent()) == []
    assert shelf.archive().past() == {shelf.heads[0].epoch: 300}


def test_a_finished_file_stays_where_it_is_and_is_not_offered_again(shelf: Shelf) -> None:
    archive = shelf.archive()
    archive.unsent()
    archive.finish(shelf.heads[0].epoch, 300)
    assert shelf.old.exists()
    assert archive.chain(shelf.heads[0].epoch) is None
    assert list(shelf.archive().unsent()) == []


def test_of_a_damaged_file_what_is_proven_is_offered(shelf: Shelf) -> None:
    with shelf.old.open("r+b") as file:
        file.seek(4096 * 8)
        file.write(os.urandom(4096))
    archive = shelf.archive()
    ((chain, _),) = archive.unsent()
    entries = chain.read(1, 1000)
    assert 200 < len(entries) < 300
    first_behind = next(b for a, b in pairwise(entries) if b.seq != a.seq + 1)
    assert chain.hash_of(first_behind.seq - 1) == shelf.heads[first_behind.seq - 2].hash
    assert chain.hash_of(first_behind.seq - 2) is None
    archive.close()
    again = shelf.archive()
    ((chain, _),) = again.unsent()
    assert chain.read(1, 1000) == entries, "the copy is made once"
    again.finish(shelf.heads[0].epoch, 300)
    assert not list(shelf.folder.glob("salvage-*"))
    assert shelf.old.exists()


def test_a_file_without_anything_is_not_offered_again(shelf: Shelf) -> None:
    shelf.old.write_bytes(b"rubbish" * 1000)
    assert list(shelf.archive().unsent()) == []
    assert shelf.archive().past() == {shelf.heads[0].epoch: 0}


def test_a_finished_file_that_is_in_use_again_is_offered_when_it_is_set_aside_again(shelf: Shelf) -> None:
    archive = shelf.archive()
    archive.unsent()
    archive.finish(shelf.heads[0].epoch, 300)
    link = shelf.folder / "journal.db"
    later = link.resolve().name
    link.unlink()
    link.symlink_to(shelf.old.name)
    shelf.archive().unsent()
    link.unlink()
    link.symlink_to(later)
    assert len(shelf.archive().unsent()) == 1


def test_other_files_are_let_be(shelf: Shelf) -> None:
    StateFile(shelf.folder).finish(shelf.heads[0].epoch, 300)
    (shelf.folder / "journal-before-01.db").write_bytes(b"")
    (shelf.folder / "journal-notes.db").write_bytes(b"")
    assert list(shelf.archive().unsent()) == []


@pytest.mark.parametrize("seq", [900, 3], ids=["behind its end", "another event"])
def test_an_older_copy_is_offered_from_its_beginning(shelf: Shelf, seq: int) -> None:
    StateFile(shelf.folder).save_acked(Head(shelf.heads[0].epoch, seq, bytes(32)))
    ((_, known),) = shelf.archive().unsent()
    assert known is None, "what is remembered was acknowledged to another history"


def test_a_finished_file_is_opened_again_when_the_server_lost_it(shelf: Shelf) -> None:
    epoch = shelf.heads[0].epoch
    with shelf.old.open("r+b") as file:
        file.seek(4096 * 8)
        file.write(os.urandom(4096))
    spoiled = shelf.old.read_bytes()
    archive = shelf.archive()
    ((chain, _),) = archive.unsent()
    kept = chain.read(1, 1000)
    archive.finish(epoch, 300)
    again = archive.reopen(epoch)
    assert again is not None
    assert again.read(1, 1000) == kept, "as far as it can be read"
    assert archive.chain(epoch) is again
    assert shelf.old.read_bytes() == spoiled, "the file itself is only read"
    assert archive.past() == {epoch: 300}, "until the server has it again"
    archive.finish(epoch, 300)
    assert not list(shelf.folder.glob("salvage-*"))


def test_a_file_that_is_gone_cannot_be_opened_again(shelf: Shelf) -> None:
    archive = shelf.archive()
    archive.unsent()
    archive.finish(shelf.heads[0].epoch, 300)
    shelf.old.unlink()
    assert archive.reopen(shelf.heads[0].epoch) is None


def test_a_file_that_may_be_readable_later_is_not_given_up(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = shelf.archive()
    archive.unsent()
    archive.finish(shelf.heads[0].epoch, 300)

    def busy(*_: object) -> None:
        raise OSError("input/output error")

    monkeypatch.setattr(archive, "_is_sound", busy)
    with pytest.raises(JournalUnavailable, match="input/output error"):
        archive.reopen(shelf.heads[0].epoch)
