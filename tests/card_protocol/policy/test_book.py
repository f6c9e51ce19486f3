"""Books: what was put in is found, what was not is None, and newer revocations win over older ones."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy.book import Book, MemoryBook, RuleIndex
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.revocation import Revocation
from card_protocol.words.schedule import Calendar
from tests.support import strategies as ours

cards = st.lists(ours.card_entries, max_size=4, unique_by=(lambda c: c.card_id, lambda c: c.uid or c.card_id))


@given(ours.policy_heads(), cards)
def test_everything_is_found_by_its_key(head: PolicyHead, entries: list[CardEntry]) -> None:
    book: Book = MemoryBook(head, entries)
    assert book.head == head
    assert book.calendar == head.calendar
    assert all(book.point(p.id) == p for p in head.points)
    assert all(book.level(a.id) == a for a in head.levels)
    assert all(book.schedule(s.id) == s for s in head.schedules)
    assert all(book.card(c.card_id) == c for c in entries)
    assert all(book.card_of_uid(c.uid) == c for c in entries if c.uid)


@given(ours.policy_heads() | st.none(), ours.ulids, ours.uids)
def test_what_is_not_there_is_none(head: PolicyHead | None, card_id: str, uid: str) -> None:
    book = MemoryBook(head)
    assert book.point("-") is None
    assert book.level("-") is None
    assert book.place("-") is None
    assert book.schedule("-") is None
    assert book.card(card_id) is None
    assert book.card_of_uid(uid) is None
    assert book.revocation(card_id) is None


@given(ours.policy_heads())
def test_a_place_has_what_belongs_to_its_point(head: PolicyHead) -> None:
    book = MemoryBook(head)
    for point in head.points:
        place = book.place(point.id)
        assert place is not None
        assert place is book.place(point.id)
        assert (place.point, place.area) == (point, book.area(point.area))
        opens = [a for a in head.levels if point.id in a.points and (not point.floors or point.floors & a.floors)]
        assert [opening.level for opening in place.named.values()] == opens
        assert place.named == {o.level.id: o for o in place.numbered.values()}
        assert all(o.schedule == book.schedule(o.level.schedule) for o in place.named.values())
        assert all(number == o.level.number for number, o in place.numbered.items())


def test_a_book_without_a_policy_has_a_calendar_without_days() -> None:
    assert RuleIndex(None).calendar == Calendar()
    assert RuleIndex(None).head is None


@given(st.lists(ours.revocations, max_size=6), ours.policy_heads() | st.none(), st.lists(ours.ulids, min_size=1))
def test_the_newest_revocation_above_the_snapshot_counts(
    found: list[Revocation], head: PolicyHead | None, card_ids: list[str]
) -> None:
    few = [r.model_copy(update={"card_id": card_ids[i % len(card_ids)]}) for i, r in enumerate(found)]
    book = MemoryBook(head, (), few)
    for card_id in card_ids:
        newer = [r for r in few if r.card_id == card_id and r.rev_seq > (head.rev_seq if head else 0)]
        told = book.revocation(card_id)
        assert (told.rev_seq if told else None) == max((r.rev_seq for r in newer), default=None)


@given(ours.revocations, ours.policy_heads())
def test_a_revocation_is_contained_in_a_snapshot_that_names_its_number(found: Revocation, head: PolicyHead) -> None:
    contained = head.model_copy(update={"rev_seq": found.rev_seq})
    assert MemoryBook(contained, (), [found]).revocation(found.card_id) is None
    before = head.model_copy(update={"rev_seq": found.rev_seq - 1})
    assert MemoryBook(before, (), [found]).revocation(found.card_id) == found
