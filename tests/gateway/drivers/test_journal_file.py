"""The journal as a file: appended to by threads, cut off at any moment, damaged, replaced under our feet."""

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from card_protocol.errors import CallerFault
from card_protocol.words.event import GENESIS, Event, EventKind, chain_hash
from gateway.drivers import journal_schema as schema
from gateway.drivers.journal_file import READ_MAX_EVENTS, JournalFile
from gateway.drivers.reserve import Reserve
from gateway.ports.journal import Entry, Head, JournalUnavailable
from tests.gateway.world import GATEWAY, HandClock, event, no_failure


def open_journal(folder: Path, *, acked: Head | None = None, thorough: bool = False) -> JournalFile:
    return JournalFile(folder, GATEWAY, HandClock(), acked={acked.epoch: acked} if acked else {}, thorough=thorough)


def everything(journal: JournalFile) -> list[Entry]:
    return list(journal.read(1, READ_MAX_EVENTS))


def numbers(journal: JournalFile) -> list[object]:
    return [Event.from_bytes(entry.body).detail.get("number") for entry in everything(journal)]


def assert_chained(journal: JournalFile) -> None:
    head, previous = journal.head(), GENESIS
    for seq, entry in enumerate(everything(journal), 1):
        previous = chain_hash(GATEWAY, head.epoch, seq, entry.body, previous)
        assert (entry.seq, entry.hash) == (seq, previous)
    assert head.hash == previous


def test_a_new_journal_is_empty(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    head = journal.head()
    assert (head.seq, head.hash, journal.count(), everything(journal)) == (0, GENESIS, 0, [])
    assert journal.floor() == head
    assert (journal.hash_of(0), journal.hash_of(1)) == (GENESIS, None)


def test_events_are_chained_and_kept_byte_for_byte(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    assert journal.append(event(1)).seq == 1
    assert journal.append(event(2), event(3)).seq == 3
    assert [entry.body for entry in everything(journal)] == [event(n).to_bytes() for n in (1, 2, 3)]
    assert_chained(journal)
    assert journal.hash_of(3) == journal.head().hash
    assert [entry.seq for entry in journal.read(2, 1)] == [2]
    assert list(journal.read(4, 10)) == []


def test_appending_nothing_changes_nothing(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.append(event(1))
    assert journal.append() == journal.head()
    assert journal.count() == 1


def test_it_is_the_same_journal_after_a_restart(tmp_path: Path) -> None:
    first = open_journal(tmp_path)
    head = first.append(event(1), event(2))
    first.close()
    again = open_journal(tmp_path, thorough=True, acked=head)
    assert again.head() == head
    assert again.append(event(3)).seq == 3
    assert_chained(again)


def test_two_programs_see_each_others_events(tmp_path: Path) -> None:
    one, two = open_journal(tmp_path), open_journal(tmp_path)
    one.append(event(1))
    two.append(event(2))
    one.append(event(3))
    assert numbers(two) == [1, 2, 3]
    assert_chained(one)


def test_within_a_deadline(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    head = journal.append_within(event(1), 10_000, no_failure)
    assert head == journal.head()
    journal.close()


def test_threads_share_commits_and_lose_nothing(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)

    def run(base: int) -> None:
        for number in range(base, base + 40):
            journal.append(event(number))

    threads = [threading.Thread(target=run, args=(100 * n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(str, numbers(journal))) == sorted(str(100 * n + i) for n in range(6) for i in range(40))
    assert_chained(journal)


def test_an_event_that_is_too_large_is_our_own_mistake(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    large = Event.model_construct(**dict(event(1)) | {"boot": "x" * 5000})
    with pytest.raises(CallerFault, match="the journal takes 4096"):
        journal.append(event(1), large)
    assert journal.count() == 0, "all or none"


def damage(folder: Path, how: str) -> None:
    real = (folder / "journal.db").resolve()
    for suffix in ("-wal", "-shm"):
        real.with_name(real.name + suffix).unlink(missing_ok=True)
    match how:
        case "garbage":
            real.write_bytes(os.urandom(real.stat().st_size))
        case "beginning":
            with real.open("r+b") as file:
                file.write(b"\0" * 200)
        case "cut":
            os.truncate(real, real.stat().st_size // 2)
        case "empty":
            os.truncate(real, 0)
        case "replaced":
            (folder / "journal.db").unlink()
            (folder / "journal.db").write_text("somebody's notes")


@pytest.mark.parametrize("how", ["garbage", "beginning", "cut", "empty", "replaced"])
def test_a_damaged_file_is_set_aside_with_its_name_told(tmp_path: Path, how: str) -> None:
    journal = open_journal(tmp_path)
    for number in range(200):
        journal.append(event(number))
    old = journal.head().epoch
    journal.close()
    damage(tmp_path, how)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("journal*") if path.is_file()}
    again = open_journal(tmp_path, thorough=True)
    (entry,) = everything(again)
    told = Event.from_bytes(entry.body)
    assert told.kind is EventKind.JOURNAL_DAMAGED
    assert again.head().epoch != old
    spoiled = before["journal.db"]
    assert (tmp_path / str(told.detail["set_aside"])).read_bytes() == spoiled, "nothing is deleted"
    assert again.append(event(1)).seq == 2
    assert_chained(again)
    again.close()
    assert open_journal(tmp_path, thorough=True).head().seq == 2, "and it stays"


def test_damage_that_shows_while_it_runs_does_not_stop_the_gate(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.append(event(1))
    assert journal._connection is not None
    journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal._connection.execute("DROP TABLE event")
    assert journal.append(event(2)).seq == 2, "behind the event that tells of it"
    assert numbers(journal) == [None, 2]


def test_a_file_that_is_replaced_under_our_feet_is_noticed(tmp_path: Path) -> None:
    ours, theirs = open_journal(tmp_path), open_journal(tmp_path)
    ours.append(event(1))
    theirs.set_aside("the server holds more than the file")
    ours.append(event(2))
    assert numbers(theirs) == [None, 2]
    assert ours.head() == theirs.head()
    ours.close()
    theirs.append(event(3))
    assert numbers(open_journal(tmp_path, thorough=True)) == [None, 2, 3]


def test_closing_the_old_file_does_not_take_the_new_ones_log_along(tmp_path: Path) -> None:
    """SQLite removes a write-ahead log by name: both files must never share one."""
    ours, theirs = open_journal(tmp_path), open_journal(tmp_path)
    ours.append(event(1))
    theirs.set_aside("for the test")
    theirs.append(event(2))
    ours.close()
    assert numbers(open_journal(tmp_path, thorough=True)) == [None, 2]


def test_an_older_copy_is_not_continued(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    head = journal.append(event(1), event(2), event(3))
    assert journal._connection is not None
    journal._connection.execute("DELETE FROM event WHERE seq > 1")
    journal.close()
    again = open_journal(tmp_path, acked=head)
    assert again.head().epoch != head.epoch
    assert "an older copy" in str(Event.from_bytes(everything(again)[0].body).detail["problem"])


def test_a_journal_that_vanished_is_told_when_one_was_known(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    head = journal.append(event(1))
    journal.close()
    for path in tmp_path.glob("journal*.db*"):
        path.unlink()
    (entry,) = everything(open_journal(tmp_path, acked=head))
    assert Event.from_bytes(entry.body).detail["problem"] == "there is no journal any more"


def test_another_gateways_journal_is_kept_and_not_continued(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.append(event(1))
    journal.close()
    moved = JournalFile(tmp_path, "shanxian-2", HandClock())
    assert "not of shanxian-2" in str(Event.from_bytes(moved.read(1, 1)[0].body).detail["problem"])


def test_a_file_held_by_another_program_is_waited_for_only_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_journal(tmp_path)
    blocker = open_journal(tmp_path)
    monkeypatch.setattr("gateway.drivers.journal_file.APPEND_TIMEOUT_MS", 30)
    with blocker._lock.hold(1000), pytest.raises(JournalUnavailable, match="held by another process"):
        journal.append(event(1))
    assert journal.append(event(2)).seq == 1


def test_a_folder_that_cannot_be_written_is_the_equipments_fault(tmp_path: Path) -> None:
    with pytest.raises((JournalUnavailable, OSError)):
        open_journal(tmp_path / "nowhere")


@settings(max_examples=25)
@given(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=12))
def test_any_appends_make_one_gapless_chain(tmp_path_factory: pytest.TempPathFactory, runs: list[list[int]]) -> None:
    journal = open_journal(tmp_path_factory.mktemp("journal"))
    for run in runs:
        journal.append(*(event(number) for number in run))
    assert numbers(journal) == [number for run in runs for number in run]
    assert_chained(journal)
    assert journal.count() == sum(map(len, runs))
    journal.close()


def test_pulled_batches_begin_where_they_should_after_pruning(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.append(event(1), event(2), event(3))
    second = journal.hash_of(2)
    journal.close()
    connection = schema.connect(tmp_path / "journal.db")
    connection.execute("UPDATE journal SET floor_seq = 2, floor_hash = ?", (second,))
    connection.execute("DELETE FROM event WHERE seq <= 2")
    connection.close()
    again = open_journal(tmp_path, thorough=True)
    assert again.floor() == Head(again.head().epoch, 2, second or b"")
    assert (again.hash_of(2), again.hash_of(1)) == (second, None)
    assert again.append(event(4)).seq == 4


def test_pruning_moves_the_floor_and_leaves_a_sound_chain(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    for number in range(10):
        journal.append(event(number))
    head = journal.head()
    floor = journal.prune(6)
    assert (floor.seq, journal.floor(), journal.head(), journal.count()) == (6, floor, head, 4)
    assert (journal.hash_of(6), journal.hash_of(5)) == (floor.hash, None)
    journal.close()
    again = open_journal(tmp_path, thorough=True)
    assert (again.floor(), again.head()) == (floor, head)
    assert again.append(event(11)).seq == 11


def test_a_number_that_was_pruned_is_not_given_again_by_a_program_that_was_idle(tmp_path: Path) -> None:
    idle, busy = open_journal(tmp_path), open_journal(tmp_path)
    idle.append(event(1))
    for number in (2, 3, 4):
        busy.append(event(number))
    busy.prune(3)
    assert idle.append(event(5)).seq == 5
    assert [(entry.seq, number) for entry, number in zip(everything(busy), numbers(busy), strict=True)] == [
        (4, 4),
        (5, 5),
    ]


def test_dropping_tells_in_the_same_transaction(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    for number in range(10):
        journal.append(event(number))
    assert journal.prune(4, event(99)).seq == 4
    assert journal.head().seq == 11
    assert Event.from_bytes(journal.read(11, 1)[0].body) == event(99)


def test_pruning_by_age_keeps_what_the_server_lacks(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    for number in range(10):
        journal.append(event(number))
    later = event(0).wall_ms + 1
    assert journal.prune_older(later - 1, 10).seq == 0
    assert journal.prune_older(later, 3).seq == 3
    assert journal.prune_older(later, 10).seq == 9


def no_room(journal: JournalFile) -> sqlite3.Connection:
    """A file that must not grow: SQLite's own bound stands in for the disk's."""
    assert journal._connection is not None
    (pages,) = journal._connection.execute("PRAGMA page_count").fetchone()
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    return journal._connection


def fill_up(journal: JournalFile) -> int:
    for number in range(10_000):
        try:
            journal.append(event(number))
        except JournalUnavailable:
            return number
    raise AssertionError("it never became full")


def test_on_a_full_disk_the_reserve_brings_writes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = open_journal(tmp_path)
    reserve = Reserve(tmp_path, 1 << 16)
    reserve.make()
    connection = no_room(journal)

    def release() -> bool:
        connection.execute("PRAGMA max_page_count = 100000")
        return reserve.release()

    monkeypatch.setattr(journal._reserve, "release", release)
    for number in range(500):
        journal.append(event(number))
    assert not (tmp_path / "journal.reserve").exists()
    assert (tmp_path / "journal.reserve-last").exists(), "for making room"
    assert_chained(journal)
    assert journal.head().seq == 500


def test_on_a_full_disk_without_a_reserve_nothing_is_half_written(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    no_room(journal)
    written = fill_up(journal)
    assert journal.head().seq == written
    assert_chained(journal)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["one", "one", "one", "three", "prune", "drop", "aside"])))
)
def test_three_programs_in_any_order_make_one_chain(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    programs = [open_journal(folder) for _ in range(3)]
    number, expected = 0, 0
    for who, act in acts:
        journal = programs[who]
        match act:
            case "one" | "three":
                run = range(number, number + (1 if act == "one" else 3))
                number += len(run)
                expected += len(run)
                assert journal.append(*map(event, run)).seq == expected
            case "prune":
                journal.prune(expected // 2)
            case "drop":
                journal.prune(expected // 2, event(999))
                expected += 1
            case "aside":
                journal.set_aside("for the test")
                expected = 1
        assert {program.head() for program in programs} == {journal.head()}
        assert journal.head().seq == expected
    for program in programs:
        program.close()
    again = open_journal(folder, thorough=True)
    assert again.head().seq == expected, "sound, and as long as it should be"
    again.close()
