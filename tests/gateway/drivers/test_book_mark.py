"""The book's mark: whoever reads it never takes an old book for the present one."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.drivers.book_mark import MARK_BYTES, BookMark, BookMarkWriter


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "book-1.db"


def test_a_change_shows_and_rest_shows_as_rest(book: Path) -> None:
    writer = BookMarkWriter(book)
    with writer:
        pass
    reader = BookMark(book)
    before = reader.read()
    assert before
    assert reader.read() == before
    with writer:
        assert reader.read() == b""
    assert reader.read() not in (before, b"")


def test_the_bytes(book: Path) -> None:
    with BookMarkWriter(book):
        assert (book.parent / "book-1.db-mark").read_bytes() == bytes.fromhex("0100000000000000")
    assert (book.parent / "book-1.db-mark").read_bytes() == bytes.fromhex("0200000000000000")
    assert (book.parent / "book-1.db-mark").stat().st_mode & 0o777 == 0o600


def test_after_a_writer_that_died_readers_ask_until_the_next_one_has_written(book: Path) -> None:
    with BookMarkWriter(book):
        pass
    reader = BookMark(book)
    before = reader.read()
    died = BookMarkWriter(book)
    died.__enter__()
    assert reader.read() == b""
    after = BookMarkWriter(book)
    assert reader.read() == b""
    with after:
        pass
    assert reader.read() not in (before, b"")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=MARK_BYTES + 2))
def test_whatever_stands_there_a_writer_goes_on(book: Path, found: bytes) -> None:
    (book.parent / "book-1.db-mark").write_bytes(found)
    reader = BookMark(book)
    before = reader.read()
    with BookMarkWriter(book):
        assert reader.read() == b""
    assert reader.read() not in (before, b"")


def test_a_book_without_a_mark(book: Path) -> None:
    with pytest.raises(FileNotFoundError):
        BookMark(book)


def test_a_mark_that_somebody_has_deleted_is_not_current(book: Path) -> None:
    with BookMarkWriter(book):
        pass
    reader = BookMark(book)
    assert reader.is_current()
    (book.parent / "book-1.db-mark").unlink()
    assert not reader.is_current()
    with BookMarkWriter(book):
        pass
    assert not reader.is_current()
    assert BookMark(book).is_current()


def test_when_readers_cannot_be_told_nothing_may_be_changed(book: Path) -> None:
    writer = BookMarkWriter(book)
    writer.close()
    with pytest.raises(OSError, match="Bad file"), writer:
        pytest.fail("changed all the same")


def test_a_mark_that_cannot_be_read_says_nothing(book: Path) -> None:
    with BookMarkWriter(book):
        pass
    reader = BookMark(book)
    reader.close()
    assert reader.read() == b""


class Life(RuleBasedStateMachine):
    """A writer that may die anywhere, and a reader: what it remembers of the book is what the book says."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "book-1.db"
        self.writer = BookMarkWriter(self.path)
        self.reader = BookMark(self.path)
        self.working = False
        self.book = 0
        self.remembered: tuple[bytes, int] = (b"", -1)

    @precondition(lambda self: not self.working)
    @rule()
    def begin(self) -> None:
        self.writer.__enter__()
        self.working = True

    @precondition(lambda self: self.working)
    @rule()
    def commit(self) -> None:
        self.book += 1

    @precondition(lambda self: self.working)
    @rule()
    def end(self) -> None:
        self.writer.__exit__()
        self.working = False

    @rule()
    def die_and_come_back(self) -> None:
        self.writer.close()
        self.writer = BookMarkWriter(self.path)
        self.working = False

    @rule(changes_in_between=st.booleans())
    def ask(self, changes_in_between: bool) -> None:
        mark = self.reader.read()
        if mark and mark == self.remembered[0]:
            return
        if changes_in_between and not self.working:
            with self.writer:
                self.book += 1
        self.remembered = (mark, self.book)

    @invariant()
    def what_is_believed_is_true(self) -> None:
        mark = self.reader.read()
        if mark and mark == self.remembered[0]:
            assert self.remembered[1] == self.book

    def teardown(self) -> None:
        self.writer.close()
        self.reader.close()
        self.folder.cleanup()


TestLife = Life.TestCase
