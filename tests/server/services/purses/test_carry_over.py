"""Whether a lost card's money may move, and how much: against a card that knows what it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.card import CardState
from server.services.purses.carry_over import ENDED, SETTLE_MS, Hindrance, Station, Why, certain, hindrances
from server.services.purses.purse_books import State, Told, books_of

WHOLE = Station("g-1", denied_ms=1000, told_ms=1000 + SETTLE_MS, gone=False)


def told(id_: int, before: int, amount: int, value: int | None, state: State = State.MADE) -> Told:
    return Told(id_, amount, before, state, value)


FIFTY = [told(1, 0, 5000, 5000), told(2, 1, -800, 4200)]


@pytest.mark.parametrize("state", CardState)
def test_a_card_that_is_neither_lost_nor_revoked_keeps_its_money(state: CardState) -> None:
    found = hindrances(state, books_of(FIFTY), [WHOLE])
    assert (found == []) == (state in ENDED)


@pytest.mark.parametrize(
    ("station", "why"),
    [
        (WHOLE._replace(denied_ms=None), Why.PAYS),
        (WHOLE._replace(told_ms=0), Why.SILENT),
        (WHOLE._replace(told_ms=1000 + SETTLE_MS - 1), Why.SILENT),
        (WHOLE._replace(gone=True), Why.GONE),
    ],
)
def test_every_station_must_deny_it_and_have_told_everything_since(station: Station, why: Why) -> None:
    other = WHOLE._replace(gateway="g-2")
    assert hindrances(CardState.LOST, books_of(FIFTY), [other, station]) == [Hindrance(why, "g-1")]


def test_what_its_books_must_be() -> None:
    torn = [*FIFTY, told(3, 2, -1000, None, State.TORN)]
    hole = [FIFTY[0], told(2, 2, -800, 3000)]
    dark = [told(2, 3, -800, None, State.CARRIED_OUT)]
    for told_of, why in (([], Why.EMPTY), (dark, Why.UNKNOWN), (torn, Why.OPEN), (hole, Why.OPEN)):
        assert hindrances(CardState.REVOKED, books_of(told_of), [WHOLE]) == [Hindrance(why)], why
    spent = [FIFTY[0], told(2, 1, -5000, 0)]
    assert hindrances(CardState.REVOKED, books_of(spent), [WHOLE]) == [Hindrance(Why.EMPTY)]
    assert certain(books_of(torn)) == 3200, "a payment of which nobody knows may have been taken"


@given(
    st.lists(st.integers(1, 900), max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.booleans(),
)
def test_never_more_than_the_card_holds(meals: list[int], heard: list[bool], last_taken: bool) -> None:
    """Some reports are lost in the middle, the last payment is torn: what is certain is never more than there is."""
    value, counter = 10_000, 1
    reports = [told(1, 0, value, value)]
    for number, (price, is_heard) in enumerate(zip(meals, heard, strict=False), 2):
        value, counter = value - price, counter + 1
        if is_heard or number == len(meals) + 1:
            reports.append(told(number, counter - 1, -price, value))
    reports.append(told(99, counter, -500, None, State.TORN))
    holds = value - 500 if last_taken else value
    assert certain(books_of(reports)) <= holds
