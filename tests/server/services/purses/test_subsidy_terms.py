"""What is added to meals: limits per day, in any order of reports."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.moment import local_ms
from server.services.purses.subsidy_terms import Meal, Terms, accrued, due, in_force

MONDAY = date(2026, 3, 2)
TERMS = Terms(per_meal=400, day_limit=600, first=MONDAY)


def meal(day: date, hour: int, price: int = 800) -> Meal:
    return Meal(local_ms(day, hour * 60), price)


def test_so_much_a_meal_at_most_so_much_a_day():
    tuesday = date(2026, 3, 3)
    meals = [meal(MONDAY, 12), meal(MONDAY, 18), meal(tuesday, 12), meal(date(2026, 3, 1), 12)]
    assert accrued(meals, [TERMS]) == {MONDAY: 600, tuesday: 400}
    assert due(meals, [TERMS], paid=700) == 300


def test_a_meal_gets_no_more_than_it_costs():
    assert accrued([meal(MONDAY, 12, 300)], [TERMS]) == {MONDAY: 300}


def test_the_terms_that_began_last_hold_until_they_end():
    later = Terms(100, 100, date(2026, 3, 3), date(2026, 3, 3))
    days = [date(2026, 3, n) for n in (2, 3, 4)]
    assert list(accrued([meal(day, 12) for day in days], [TERMS, later]).values()) == [400, 100, 400]


def test_of_a_day_it_is_told_which_terms_hold():
    later = Terms(100, 100, date(2026, 3, 3), date(2026, 3, 3))
    assert [in_force([later, TERMS], date(2026, 3, n)) for n in (1, 2, 3, 4)] == [None, TERMS, later, TERMS]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 23), st.integers(1, 2000)), max_size=20), st.randoms())
def test_the_order_of_reports_does_not_matter(eaten, dice):
    meals = [meal(date(2026, 3, 2 + day), hour, price) for day, hour, price in eaten]
    shuffled = meals[:]
    dice.shuffle(shuffled)
    assert accrued(meals, [TERMS]) == accrued(shuffled, [TERMS])
    assert all(added <= TERMS.day_limit for added in accrued(meals, [TERMS]).values())


def test_what_was_paid_too_much_is_not_taken_back():
    assert due([], [TERMS], paid=500) == 0
