"""The policy book as readers see it."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from card_protocol.policy.decider import decide
from card_protocol.policy.rules import CardEntry
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from gateway.drivers import book_file, book_schema
from gateway.drivers.book_file import BookFile
from gateway.drivers.book_writer import BookWriterFile, begin_anew
from gateway.ports.book import BookUnavailable
from tests.gateway.policies import GATE, HOME, card, card_id, cards_delta, cards_index, head, revocation
from tests.gateway.world import MOMENT
from tests.support.strategies import card_entries

DIGEST = "11" * 32


@pytest.fixture
def writer(tmp_path: Path) -> BookWriterFile:
    return BookWriterFile(tmp_path)


@pytest.fixture
def reader(tmp_path: Path) -> BookFile:
    return BookFile(tmp_path)


def publish(writer: BookWriterFile, version: int, *numbers: int) -> None:
    writer.flip(writer.stage(head(version, len(numbers)), [card(n) for n in numbers], DIGEST))


def verdict_on(reader: BookFile, number: int) -> Reason:
    presentation = Presentation(uid=card(number).uid or "", assurance=Assurance.CARD, card_id=card_id(number))
    return decide(presentation, GATE.id, reader.current(), MOMENT).reason


def first_here(database: Path) -> bool:
    """Whether SQLite in a process that opens the data base now would take itself for the first one, and empty the
    log's index: the byte of the "dead man's switch" is free (unixLockSharedMemory in os_unix.c)."""
    asked = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'r+b') as index:\n"
        "    try:\n"
        "        fcntl.lockf(index, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)\n"
        "    except BlockingIOError:\n"
        "        sys.exit(1)\n"
    )
    index = database.resolve().with_name(f"{database.resolve().name}-shm")
    return subprocess.run([sys.executable, "-c", asked, str(index)], check=False).returncode == 0


def test_a_reader_leaves_the_locks_of_its_process_alone(writer: BookWriterFile, reader: BookFile) -> None:
    """POSIX: whoever closes a file of SQLite's drops them all, and the next to open it cuts the index short: SIGBUS."""
    publish(writer, 1, 1)
    assert verdict_on(reader, 1) is Reason.GRANTED
    publish(writer, 2, 2)
    assert verdict_on(reader, 2) is Reason.GRANTED
    assert not first_here(writer._link.path)
    reader.close()
    assert not first_here(writer._link.path)
    path = writer._link.path.resolve()
    with path.with_name(f"{path.name}-shm").open("rb"):
        pass
    assert first_here(writer._link.path)  # so it is when somebody else does: the question can be answered both ways


def test_without_a_book_everybody_is_refused(reader: BookFile) -> None:
    assert verdict_on(reader, 1) is Reason.NO_POLICY


def test_a_new_policy_counts_at_the_next_tap(writer: BookWriterFile, reader: BookFile) -> None:
    assert verdict_on(reader, 1) is Reason.NO_POLICY
    publish(writer, 1, 1)
    assert [verdict_on(reader, n) for n in (1, 2)] == [Reason.GRANTED, Reason.UNKNOWN]
    publish(writer, 2, 2)
    assert [verdict_on(reader, n) for n in (1, 2)] == [Reason.UNKNOWN, Reason.GRANTED]


def test_a_revocation_counts_at_the_next_tap_also_one_ahead_of_a_gap(writer: BookWriterFile, reader: BookFile) -> None:
    publish(writer, 1, 1, 2)
    assert verdict_on(reader, 1) is Reason.GRANTED
    writer.revoke([revocation(1, 1)], 1)
    assert verdict_on(reader, 1) is Reason.REVOKED
    writer.revoke([revocation(9, 2)], 1)
    assert verdict_on(reader, 2) is Reason.REVOKED


def test_the_rules_are_there_by_every_key(writer: BookWriterFile, reader: BookFile) -> None:
    publish(writer, 1, 1)
    book = reader.current()
    assert (book.point(GATE.id), book.level("home")) == (GATE, HOME)
    place = book.place(GATE.id)
    assert place is not None
    assert place.numbered[1].level == HOME
    assert book.schedule("always") is not None
    assert book.card_of_uid(card(1).uid or "") == card(1)
    assert book.card_of_uid("04FFFFFFFFFFFF") is None


def test_an_unchanged_book_is_the_same_view(writer: BookWriterFile, reader: BookFile) -> None:
    publish(writer, 1, 1)
    view = reader.current()
    writer.saw(5)
    assert reader.current() is view, "what readers need not see does not make them read again"


def test_each_thread_has_its_own_view_of_the_one_policy(writer: BookWriterFile, reader: BookFile) -> None:
    publish(writer, 1, 1)
    found: list[Reason] = []
    threads = [threading.Thread(target=lambda: found.append(verdict_on(reader, 1))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [Reason.GRANTED] * 4
    reader.close()
    assert verdict_on(reader, 1) is Reason.GRANTED, "closed and used again"


def test_a_view_outlives_the_flip_that_replaces_it(tmp_path: Path, writer: BookWriterFile, reader: BookFile) -> None:
    publish(writer, 1, 1)
    old = reader.current()
    publish(writer, 2, 2)
    assert (old.card(card_id(1)), old.card(card_id(2))) == (card(1), None)


def test_a_book_that_was_replaced_is_noticed(
    tmp_path: Path, writer: BookWriterFile, reader: BookFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(writer, 1, 1)
    assert verdict_on(reader, 1) is Reason.GRANTED
    monkeypatch.setattr(book_file, "LINK_CHECK_NS", 0)
    begin_anew(tmp_path)
    assert verdict_on(reader, 1) is Reason.NO_POLICY


def test_a_mark_that_somebody_has_deleted_hides_nothing(
    tmp_path: Path, writer: BookWriterFile, reader: BookFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(writer, 1, 1)
    assert verdict_on(reader, 1) is Reason.GRANTED
    (book_mark,) = tmp_path.glob("*-mark")
    book_mark.unlink()
    writer.close()
    again = BookWriterFile(tmp_path)
    publish(again, 2, 2)
    monkeypatch.setattr(book_file, "LINK_CHECK_NS", 0)
    assert [verdict_on(reader, n) for n in (1, 2)] == [Reason.UNKNOWN, Reason.GRANTED]


def test_a_writer_that_knows_no_mark_is_heard_all_the_same(
    writer: BookWriterFile, reader: BookFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon was put back to an older version, and its mark lies there; the doors have not been started again."""
    publish(writer, 1, 1)
    assert [verdict_on(reader, 1) for _ in range(2)] == [Reason.GRANTED] * 2
    monkeypatch.setattr(writer, "_mark", nullcontext())
    writer.revoke([revocation(1, 1)], 1)
    monkeypatch.setattr(book_file, "LINK_CHECK_NS", 0)
    assert verdict_on(reader, 1) is Reason.REVOKED


def test_an_unreadable_book_is_none(tmp_path: Path, writer: BookWriterFile) -> None:
    publish(writer, 1, 1)
    (tmp_path / "book.db").resolve().write_bytes(b"rubbish" * 1000)
    assert verdict_on(BookFile(tmp_path), 1) is Reason.NO_POLICY


def test_a_file_that_fails_at_the_very_moment_is_not_a_no(writer: BookWriterFile, reader: BookFile) -> None:
    publish(writer, 1, 1)
    book = reader.current()
    book.close()  # type: ignore[attr-defined]
    with pytest.raises(BookUnavailable):
        book.card(card_id(1))


def test_a_row_that_has_rotted_is_not_a_no(
    writer: BookWriterFile, reader: BookFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(writer, 1, 1)
    monkeypatch.setattr(book_schema, "_STATES", {})
    with pytest.raises(BookUnavailable):
        reader.current().card(card_id(1))


@settings(max_examples=25)
@given(st.lists(card_entries, max_size=6, unique_by=lambda entry: entry.card_id))
def test_whatever_a_card_may_be_it_comes_back_whole(
    tmp_path_factory: pytest.TempPathFactory, entries: list[CardEntry]
) -> None:
    folder = tmp_path_factory.mktemp("book")
    writer = BookWriterFile(folder)
    writer.flip(writer.stage(head(1, len(entries)), entries, DIGEST))
    reader = BookFile(folder)
    book = reader.current()
    assert [book.card(entry.card_id) for entry in entries] == entries
    reader.close()
    writer.close()


def test_a_card_that_has_changed_is_what_it_is_now_also_by_its_number(writer: BookWriterFile, reader: BookFile) -> None:
    cards = [card(n) for n in range(4)]
    writer.flip(writer.stage(head(1, 4), cards, DIGEST, cards_index({}, cards, 1)))
    moved = card(1, uid="04AAAAAAAAAAAA")
    writer.flip(writer.restage(head(2, 4), DIGEST, cards_delta(1, 5, [moved], gone=[2])))
    book = reader.current()
    assert book.card_of_uid("04AAAAAAAAAAAA") == moved
    assert [book.card_of_uid(card(n).uid or "") for n in (0, 1, 2)] == [card(0), None, None]


def test_a_policy_that_takes_over_between_its_name_and_its_file_refuses_nobody(
    writer: BookWriterFile, reader: BookFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(writer, 1, 1)
    opened, later = book_schema.connect_cards, iter([2])

    def meanwhile(path: Path) -> sqlite3.Connection:
        for version in later:
            publish(writer, version, 1)
        return opened(path)

    monkeypatch.setattr(book_schema, "connect_cards", meanwhile)
    assert verdict_on(reader, 1) is Reason.GRANTED


def test_a_book_that_could_not_be_read_is_asked_again(
    writer: BookWriterFile, reader: BookFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a fault that nobody foresaw: SQLite without memory, say."""
    publish(writer, 1, 1)
    assert [verdict_on(reader, 1) for _ in range(2)] == [Reason.GRANTED] * 2
    publish(writer, 2, 2)
    with monkeypatch.context() as without_memory:
        without_memory.setattr(book_schema, "edition", _no_memory)
        with pytest.raises(MemoryError):
            verdict_on(reader, 1)
    assert verdict_on(reader, 1) is Reason.UNKNOWN


def _no_memory(_: sqlite3.Connection) -> NoReturn:
    raise MemoryError
