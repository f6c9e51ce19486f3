"""The books of a purse against a purse: whatever is lost and in whatever order it comes, they agree to the fen."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from server.services.purses.purse_books import Fate, Item, ItemKind, Proof, State, Told, books_of


class Deed(NamedTuple):
    """Something that a station or the desk does with the card."""

    amount: int
    torn: bool = False
    """The answer is lost."""
    carried_out: bool = True


deeds = st.lists(
    st.builds(Deed, st.sampled_from([-1200, -800, -500, 300, 2000]), st.booleans(), st.booleans()).filter(
        lambda d: d.torn or d.carried_out
    ),
    max_size=12,
)


def played(story: list[Deed]) -> tuple[list[Told], int, int]:
    """(what is told, value, counter) of a purse to which this happens; it starts with 100 yuan paid in."""
    value, counter, told = 10_000, 1, [Told(0, 10_000, 0, State.MADE, 10_000)]
    for number, deed in enumerate(story, 1):
        before = counter
        if deed.carried_out:
            value, counter = value + deed.amount, counter + 1
        state, after = (State.TORN, None) if deed.torn else (State.MADE, value)
        told.append(Told(number, deed.amount, before, state, after))
    return told, value, counter


@given(deeds, st.randoms(use_true_random=False))
def test_nothing_lost_and_nothing_twice_in_any_order(story, dice):
    """A last deed that was answered tells what became of all torn ones before it."""
    told, value, counter = played([*story, Deed(-800)])
    dice.shuffle(told)
    books = books_of(told)
    assert (books.balance, books.counter) == (value, counter)
    assert books.paid_in - books.spent + (books.missing or 0) == value
    assert not [item for item in books.items if item.kind in (ItemKind.TWICE, ItemKind.UNEQUAL)]


@given(deeds, st.sets(st.integers(1, 12)))
def test_what_is_not_told_is_named_with_its_amount(story, lost):
    told, value, counter = played([*story, Deed(-800)])
    heard = [one for one in told if one.id not in lost or one.id == len(told) - 1]
    books = books_of(heard)
    assert (books.balance, books.counter) == (value, counter)
    if books.missing is not None:
        assert books.paid_in - books.spent + books.missing == value
    done = {line.told.before + 1 for line in books.lines if line.fate is Fate.DONE}
    gaps = {n for item in books.items if item.kind is ItemKind.MISSING for n in range(item.first, item.last + 1)}
    assert done | gaps == set(range(1, counter + 1))
    assert not done & gaps


def test_a_torn_payment_waits_for_the_next_one():
    told, _, _ = played([Deed(-800, torn=True)])
    books = books_of(told)
    assert [line.fate for line in books.lines] == [Fate.DONE, Fate.OPEN]
    assert books.items == (Item(ItemKind.TORN, 2, 2, -800),)
    assert books.balance == 10_000, "what is known for certain"


def test_a_torn_payment_was_carried_out_when_the_next_ones_values_leave_its_amount():
    told, value, _ = played([Deed(-800, torn=True), Deed(-1200)])
    books = books_of(told)
    assert [(line.fate, line.value) for line in books.lines] == [
        (Fate.DONE, 10_000),
        (Fate.DONE, 9200),
        (Fate.DONE, 8000),
    ]
    assert (books.items, books.balance) == ((), value)


def test_a_torn_payment_was_not_when_another_has_its_counter():
    """At two stations at once, one of them offline: the second tap took the counter that the first one asked for."""
    told, value, _ = played([Deed(-800, torn=True, carried_out=False), Deed(-800)])
    books = books_of(told)
    assert [line.fate for line in books.lines] == [Fate.DONE, Fate.NOT_DONE, Fate.DONE]
    assert (books.items, books.balance, books.spent) == ((), value, 800)


def test_a_missing_counter_is_an_item_until_the_offline_station_has_told():
    told, value, _ = played([Deed(-800), Deed(-1200), Deed(-500)])
    late = told.pop(2)
    books = books_of(told)
    assert books.items == (Item(ItemKind.MISSING, 3, 3, -1200),)
    assert books.balance == value
    assert books_of([*told, late]).items == ()


def test_what_is_no_purse_of_ours():
    twice = [Told(1, -800, 1, State.MADE, 9200), Told(2, -900, 1, State.MADE, 9100)]
    books = books_of([Told(0, 10_000, 0, State.MADE, 10_000), *twice])
    assert Item(ItemKind.TWICE, 2, 2, -900) in books.items
    unequal = books_of([Told(0, 10_000, 0, State.MADE, 10_000), Told(1, -800, 1, State.MADE, 9000)])
    assert unequal.items == (Item(ItemKind.UNEQUAL, 2, 2, -200),)
    false = books_of([Told(0, 500, 0, State.MADE, 500, Proof.FALSE)])
    assert false.items == (Item(ItemKind.FALSE_PROOF, 1, 1, 500),)


def test_a_log_that_had_forgotten_is_judged_by_the_values():
    told = [Told(0, 2000, 0, State.MADE, 2000), Told(1, -800, 1, State.UNKNOWN), Told(2, -500, 2, State.MADE, 700)]
    assert [line.fate for line in books_of(told).lines] == [Fate.DONE, Fate.DONE, Fate.DONE]
