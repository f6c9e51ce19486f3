"""How a box is, told from its files."""

import time
from pathlib import Path

import pytest

from card_protocol.crypto.certificates import box_mark
from card_protocol.words.moment import DAY_MS
from gateway.core.health import Trouble
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.box_status import read_status
from gateway.drivers.file_lock import FileLock
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.state_file import StateFile
from gateway.drivers.system_clock import SystemClock
from gateway.drivers.tls_files import TlsFiles
from tests.gateway.core.test_health import vitals
from tests.gateway.key_places import LEASE_MS, enrolled
from tests.gateway.policies import head
from tests.gateway.world import COMMUNITY, GATEWAY, HandClock, event
from tests.support.identity import give_identity, now_ms


@pytest.fixture
def box(tmp_path: Path) -> Path:
    enrolled(tmp_path)
    give_identity(tmp_path, GATEWAY)
    return tmp_path


def test_a_box_without_a_place(tmp_path: Path) -> None:
    status = read_status(tmp_path)
    assert (status.enrolled, status.running) == (False, False)
    assert "not enrolled yet" in status.problems[0]
    assert list(tmp_path.iterdir()) == [], "asking changes nothing"


def test_a_new_box(box: Path) -> None:
    status = read_status(box)
    signer, opener = StateFile(box).keys()
    keys = (signer.verifier.public_bytes, opener.public_bytes, TlsFiles(box).public_key())
    assert (status.gateway, status.community, status.problems) == (GATEWAY, COMMUNITY, [])
    assert status.fingerprint == box_mark(*keys)
    assert status.certificate_from_ms < now_ms() < status.certificate_until_ms
    assert (status.head, status.waiting, status.policy_version) == (0, 0, 0)
    assert (status.keys_oldest, status.keys_newest, status.keys_until_ms) == (1, 1, LEASE_MS)


@pytest.mark.parametrize(
    ("age_days", "trouble"), [(60, None), (70, Trouble.CERTIFICATE_OLD), (91, Trouble.CERTIFICATE_EXPIRED)]
)
def test_a_certificate_that_was_not_renewed(box: Path, age_days: int, trouble: Trouble | None) -> None:
    give_identity(box, GATEWAY, made_ms=now_ms() - age_days * DAY_MS)
    assert read_status(box).troubles == ([trouble] if trouble else [])


def test_a_certificate_is_judged_by_the_servers_time_where_it_told_it(box: Path) -> None:
    """The machine's own clock may be years behind or ahead, and nobody sets it."""
    server_ms, mono_ns = now_ms() + 91 * DAY_MS, time.monotonic_ns()
    SystemClock(box).server_said(server_ms, mono_ns, mono_ns)
    status = read_status(box)
    assert status.troubles == [Trouble.CERTIFICATE_EXPIRED]
    assert abs(status.now_ms - server_ms) < DAY_MS


def test_a_box_without_a_certificate(box: Path) -> None:
    (box / "private" / "tls-certificate.pem").unlink()
    assert read_status(box).problems == ["the box has no certificate: enrol it anew"]


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


def hold(box: Path) -> FileLock:
    lock = FileLock(box / "gateway.lock")
    assert lock.try_acquire()
    return lock


def test_what_the_daemon_measured_is_told_while_it_runs(box: Path) -> None:
    measured = vitals(mono_ms=time.monotonic_ns() // 1_000_000, disk_level="full")
    (box / "health.json").write_text(measured.model_dump_json())
    assert read_status(box).health is None, "it does not run"
    lock = hold(box)
    status = read_status(box)
    assert (status.health, status.troubles, status.problems) == (measured, [Trouble.DISK_LOW], [])
    lock.close()


@pytest.mark.parametrize("mono_ms", [0, 10**15])
def test_a_daemon_that_has_not_reported_for_long_is_a_problem(box: Path, mono_ms: int) -> None:
    (box / "health.json").write_text(vitals(mono_ms=mono_ms).model_dump_json())
    lock = hold(box)
    assert "has not reported" in read_status(box).problems[0]
    lock.close()


def test_a_daemon_that_has_only_just_started_is_none(box: Path) -> None:
    lock = hold(box)
    assert read_status(box).problems == []
    lock.close()
