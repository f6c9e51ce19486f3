"""The policy book as the daemon writes it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from card_protocol.policy.buckets import CardsIndex
from card_protocol.policy.rules import CardEntry
from card_protocol.words.card import CardState
from card_protocol.words.revocation import Revocation
from gateway.drivers.book_file import BookFile
from gateway.drivers.book_writer import STAGE_CHUNK_CARDS, BookWriterFile, begin_anew
from gateway.ports.book import BookUnavailable, Standing
from tests.gateway.policies import card, card_id, cards_delta, cards_index, head, revocation

D1, D2 = "11" * 32, "22" * 32


def apply(writer: BookWriterFile, version: int, *cards: CardEntry, rev_seq: int = 0, digest: str = D1) -> Standing:
    return writer.flip(writer.stage(head(version, len(cards), rev_seq=rev_seq), cards, digest))


def card_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("book-cards-*"))


def test_an_empty_book_stands_at_nothing(tmp_path: Path) -> None:
    assert BookWriterFile(tmp_path).standing() == Standing(0, "", 0, 0)


def test_what_a_lost_book_had_is_known_from_elsewhere(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path, 7, rev_floor=5)
    assert writer.standing() == Standing(highest=7, rev_floor=5)
    assert writer.revoke([revocation(1, 1)], 1)[1] == Standing(highest=7, rev_seq=1, rev_floor=5)


def test_a_book_of_an_older_format_is_set_aside_and_fetched_anew(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    apply(writer, 1, card(1))
    writer._connection.execute("UPDATE book SET format = 2")
    writer.close()
    again = BookWriterFile(tmp_path, floor=1)
    assert again.set_aside is not None
    assert again.standing() == Standing(highest=1), "the version is not forgotten with it"
    assert apply(again, 1, card(1)).version == 1


def test_a_staged_policy_is_not_in_force_before_the_flip(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    staged = writer.stage(head(3, 1), [card(1)], D1)
    assert BookFile(tmp_path).current().head is None
    assert writer.flip(staged) == Standing(3, D1, 3, 0)
    book = BookFile(tmp_path).current()
    assert (book.head, book.card(card_id(1))) == (head(3, 1), card(1))


def test_the_last_policys_cards_are_removed(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    apply(writer, 1, card(1))
    (tmp_path / "book-cards-crash.db").write_text("left half-way")
    apply(writer, 2, card(2))
    assert len(card_files(tmp_path)) == 1
    book = BookFile(tmp_path).current()
    assert (book.card(card_id(1)), book.card(card_id(2))) == (None, card(2))


def test_more_cards_than_a_chunk(tmp_path: Path) -> None:
    count = STAGE_CHUNK_CARDS + 10
    writer = BookWriterFile(tmp_path)
    writer.flip(writer.stage(head(1, count), (card(n) for n in range(count)), D1))
    assert BookFile(tmp_path).current().card(card_id(count - 1)) == card(count - 1)


def test_a_policy_that_cannot_be_read_leaves_the_old_one(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    apply(writer, 1, card(1))

    def broken() -> Iterator[CardEntry]:
        yield card(2)
        raise ValueError("bucket line 3: no card")

    with pytest.raises(ValueError, match="line 3"):
        writer.stage(head(2, 2), broken(), D2)
    with pytest.raises(ValueError, match="twice"):
        writer.stage(head(2, 2), [card(2), card(2)], D2)
    assert writer.standing() == Standing(1, D1, 1, 0)
    assert BookFile(tmp_path).current().card(card_id(1)) == card(1)


def test_revocations_stick_until_a_policy_contains_them(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    apply(writer, 1, card(1), card(2))
    fresh, standing = writer.revoke([revocation(4, 1), revocation(5, 2)], 5)
    assert (list(fresh), standing.rev_seq) == ([revocation(4, 1), revocation(5, 2)], 5)
    apply(writer, 2, card(1), card(2), rev_seq=4)
    book = BookFile(tmp_path).current()
    assert (book.revocation(card_id(1)), book.revocation(card_id(2))) == (None, revocation(5, 2))
    assert writer.standing().rev_seq == 5
    assert apply(writer, 3, card(1), card(2), rev_seq=9).rev_seq == 9
    assert BookFile(tmp_path).current().revocation(card_id(2)) is None


def test_a_revocation_heard_twice_is_new_once(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    assert list(writer.revoke([revocation(8, 1)], 0)[0]) == [revocation(8, 1)]
    fresh, standing = writer.revoke([revocation(7, 2), revocation(8, 1)], 8)
    assert (list(fresh), standing.rev_seq) == ([revocation(7, 2)], 8)


def test_the_highest_version_never_sinks_not_even_in_a_new_book(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    assert writer.saw(9).highest == 9
    assert writer.saw(3).highest == 9
    writer.close()
    assert BookWriterFile(tmp_path).standing().highest == 9
    begin_anew(tmp_path)
    assert BookWriterFile(tmp_path, floor=9).standing() == Standing(0, "", 9, 0)


@pytest.mark.parametrize("how", ["garbage", "another program's"])
def test_a_spoiled_book_is_set_aside_and_refuses_everybody(tmp_path: Path, how: str) -> None:
    writer = BookWriterFile(tmp_path)
    apply(writer, 1, card(1))
    writer.close()
    real = (tmp_path / "book.db").resolve()
    spoiled = os.urandom(8192) if how == "garbage" else b""
    real.write_bytes(spoiled)
    again = BookWriterFile(tmp_path, floor=1)
    assert again.set_aside == real.name
    assert (again.standing(), BookFile(tmp_path).current().head) == (Standing(0, "", 1, 0), None)
    assert real.exists()


@pytest.mark.parametrize("how", ["gone", "garbage"])
def test_a_policy_without_its_cards_is_forgotten_but_not_its_version(tmp_path: Path, how: str) -> None:
    writer = BookWriterFile(tmp_path)
    apply(writer, 7, card(1))
    writer.close()
    cards = tmp_path / card_files(tmp_path)[0]
    if how == "gone":
        cards.unlink()
    else:
        cards.write_bytes(os.urandom(8192))
    assert BookWriterFile(tmp_path).standing() == Standing(0, "", 7, 0)
    assert BookFile(tmp_path).current().head is None


def test_a_disk_that_does_not_take_it_is_the_equipments_fault(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    writer.close()
    for act in (lambda: writer.saw(1), lambda: writer.revoke([], 1), writer.standing):
        with pytest.raises(BookUnavailable):
            act()
    (tmp_path / "gone").mkdir()
    elsewhere = BookWriterFile(tmp_path / "gone")
    for path in (tmp_path / "gone").iterdir():
        path.unlink()
    (tmp_path / "gone").rmdir()
    with pytest.raises(BookUnavailable):
        elsewhere.stage(head(1), [], D1)


class Book(RuleBasedStateMachine):
    """Policies and revocations in any order, with restarts; the book says what a plain dictionary would."""

    cards: dict[int, CardEntry]

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.writer = BookWriterFile(Path(self.folder.name))
        self.reader = BookFile(Path(self.folder.name))
        self.version = self.rev_seq = 0
        self.cards = {}
        self.sticky: dict[int, Revocation] = {}

    @rule(numbers=st.sets(st.integers(0, 12)), contains=st.integers(0, 40))
    def publish(self, numbers: set[int], contains: int) -> None:
        self.version += 1
        self.cards = {number: card(number) for number in numbers}
        self.sticky = {n: r for n, r in self.sticky.items() if n > contains}
        self.rev_seq = max(self.rev_seq, contains)
        apply(self.writer, self.version, *self.cards.values(), rev_seq=contains)

    @rule(numbers=st.lists(st.integers(0, 12), max_size=4))
    def revoke(self, numbers: list[int]) -> None:
        entries = [revocation(self.rev_seq + 1 + i, number) for i, number in enumerate(numbers)]
        self.sticky |= {entry.rev_seq: entry for entry in entries}
        self.rev_seq += len(entries)
        self.writer.revoke(entries, self.rev_seq)

    @rule()
    def restart(self) -> None:
        self.writer.close()
        self.writer = BookWriterFile(Path(self.folder.name))

    @rule()
    def begin_anew(self) -> None:
        """A reader that has the old file open must see the new one; it looks once a second, or when it is new."""
        self.reader.close()

    @invariant()
    def says_the_same(self) -> None:
        book = self.reader.current()
        assert (book.head.version if book.head else 0) == self.version
        newest = {entry.card_id: entry for _, entry in sorted(self.sticky.items())}
        for number in range(13):
            assert book.card(card_id(number)) == self.cards.get(number)
            assert book.revocation(card_id(number)) == newest.get(card_id(number))

    def teardown(self) -> None:
        self.writer.close()
        self.reader.close()
        self.folder.cleanup()


Book.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
test_book = Book.TestCase


def in_buckets(writer: BookWriterFile, cards: list[CardEntry], seq: int = 1, version: int = 1) -> CardsIndex:
    """A policy in force whose cards came in buckets."""
    index = cards_index({}, cards, seq)
    writer.flip(writer.stage(head(version, len(cards)), cards, D1, index))
    return index


def test_what_it_holds_is_known_bucket_by_bucket(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    assert writer.holding() is None
    cards = [card(n) for n in range(7)]
    index = in_buckets(writer, cards)
    assert BookWriterFile(tmp_path).holding() == index
    assert [writer.held(index, number) for number in range(3)] == [cards[:3], cards[3:6], cards[6:]]


def test_changes_are_laid_over_the_same_cards(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    index = in_buckets(writer, [card(n) for n in range(4)])
    (before,) = card_files(tmp_path)
    changed = card(1, state=CardState.LOST)
    writer.flip(writer.restage(head(2, 4), D2, cards_delta(1, 5, [changed, card(9)], gone=[2])))
    assert card_files(tmp_path) == [before]
    assert writer.holding() == index
    book = BookFile(tmp_path).current()
    assert [book.card(card_id(n)) for n in (0, 1, 2, 9)] == [card(0), changed, None, card(9)]


def test_newer_changes_take_the_place_of_older_ones(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    in_buckets(writer, [card(n) for n in range(4)])
    writer.flip(writer.restage(head(2, 4), D2, cards_delta(1, 5, gone=[2])))
    writer.flip(writer.restage(head(3, 4), D1, cards_delta(1, 6, gone=[3])))
    book = BookFile(tmp_path).current()
    assert [book.card(card_id(n)) is None for n in range(4)] == [False, False, False, True]
    writer.flip(writer.restage(head(4, 4), D2, None))
    assert BookFile(tmp_path).current().card(card_id(3)) == card(3)


def test_spoiled_cards_take_their_buckets_and_changes_along(tmp_path: Path) -> None:
    writer = BookWriterFile(tmp_path)
    in_buckets(writer, [card(n) for n in range(4)])
    writer.flip(writer.restage(head(2, 4), D2, cards_delta(1, 5, [card(9)])))
    writer.close()
    (name,) = card_files(tmp_path)
    (tmp_path / name).write_bytes(b"spoiled")
    fresh = BookWriterFile(tmp_path)
    assert (fresh.holding(), fresh.standing().version) == (None, 0)
    assert BookFile(tmp_path).current().card(card_id(9)) is None
