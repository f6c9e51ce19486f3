"""How a box is, told from its files."""

from pathlib import Path

import pytest

from gateway.core.identity import fingerprint
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.box_status import read_status
from gateway.drivers.file_lock import FileLock
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.state_file import StateFile
from tests.gateway.drivers.test_state_file import enrolment
from tests.gateway.policies import head
from tests.gateway.world import COMMUNITY, GATEWAY, HandClock, event


@pytest.fixture
def box(tmp_path: Path) -> Path:
    state = StateFile(tmp_path)
    state.keys()
    state.save_enrolment(enrolment())
    return tmp_path


def test_a_box_without_a_place(tmp_path: Path) -> None:
    status = read_status(tmp_path)
    assert (status.enrolled, status.running) == (False, False)
    assert "not enrolled yet" in status.problems[0]
    assert list(tmp_path.iterdir()) == [], "asking changes nothing"


def test_a_new_box(box: Path) -> None:
    status = read_status(box)
    signer, _ = StateFile(box).keys()
    assert (status.gateway, status.community, status.problems) == (GATEWAY, COMMUNITY, [])
    assert status.fingerprint == fingerprint(signer.verifier.public_bytes)
    assert (status.head, status.waiting, status.policy_version) == (0, 0, 0)


def test_a_box_at_work(box: Path) -> None:
    journal = JournalFile(box, GATEWAY, HandClock())
    acked = journal.append(event(1), event(2))
    journal.append(event(3))
    StateFile(box).save_acked(acked)
    writer = BookWriterFile(box)
    writer.flip(writer.stage(head(4, rev_seq=6), [], "11" * 32))
    lock = FileLock(box / "gateway.lock")
    assert lock.try_acquire()
    status = read_status(box)
    assert (status.epoch, status.head, status.events) == (acked.epoch, 3, 3)
    assert (status.acked, status.waiting, status.running) == (2, 1, True)
    assert (status.policy_version, status.rev_seq) == (4, 6)
    lock.close()
    assert not read_status(box).running


def test_files_that_were_set_aside_are_named(box: Path) -> None:
    journal = JournalFile(box, GATEWAY, HandClock())
    old = journal.head().epoch
    StateFile(box).save_acked(journal.append(event(1)))
    journal.set_aside("for the test")
    status = read_status(box)
    assert status.set_aside == [f"journal-{old}.db"]
    assert (status.acked, status.waiting) == (0, 1), "what was acknowledged of the old file says nothing of this one"


def test_spoiled_files_are_problems_not_failures(box: Path) -> None:
    JournalFile(box, GATEWAY, HandClock()).close()
    BookWriterFile(box).close()
    for name in ("journal.db", "book.db"):
        (box / name).resolve().write_bytes(b"rubbish" * 1000)
    (box / "private" / "identity.json").chmod(0o644)
    assert len(read_status(box).problems) == 3
