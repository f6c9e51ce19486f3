"""Identity numbers: literal ones as referee, and every mistake that people and Excel make."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.people.id_number import IdFlaw, check_character, flaw_of, plain

TODAY = date(2026, 3, 1)


def test_the_numbers_of_the_standard_have_their_check_characters() -> None:
    # GB 11643-1999, annex: two examples.
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("11010519491231002X", None),
        ("110105194912310021", IdFlaw.CHECK),
        ("3.301061950010113E+17", IdFlaw.RUINED),
        ("3.30106E+17", IdFlaw.RUINED),
        ("330106195001011000", IdFlaw.RUINED),
        ("110105491231002", IdFlaw.OLD),
        ("1101051949123100", IdFlaw.FORM),
        ("１２３", IdFlaw.FORM),
        ("A1010519491231002X", IdFlaw.FORM),
        ("99010519491231002X", IdFlaw.PLACE),
        ("11010519491331002X", IdFlaw.BIRTH),
        ("11010520991231002X", IdFlaw.BIRTH),
        ("", IdFlaw.FORM),
    ],
)
def test_every_mistake_has_its_name(text: str, flaw: IdFlaw | None) -> None:
    assert flaw_of(text, TODAY) is flaw


def test_a_number_that_ends_in_zeros_is_believed_only_when_it_was_typed() -> None:
    days = (f"330106195001{day:02}{order}00" for day in range(1, 29) for order in range(10))
    whole = next(digits for digits in days if check_character(digits) == "0") + "0"
    assert flaw_of(whole, TODAY) is IdFlaw.RUINED
    assert flaw_of(whole, TODAY, typed=True) is None


@pytest.mark.parametrize(
    "text", ["'11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_what_people_type_around_it_does_not_matter(text: str) -> None:
    assert plain(text) == "11010519491231002X"


@given(st.from_regex(r"3301061[89][0-9]{2}0[1-9](0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True), st.data())
def test_one_wrong_digit_is_always_found(digits: str, data: st.DataObject) -> None:
    whole = digits + check_character(digits)
    place = data.draw(st.integers(0, 16))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != whole[place]]))
    broken = whole[:place] + other + whole[place + 1 :]
    assert check_character(broken[:17]) != broken[17]


@given(st.floats(min_value=1e17, max_value=9.9e17))
def test_whatever_excel_made_a_number_of_is_ruined(number: float) -> None:
    assert flaw_of(plain(repr(number)), TODAY) is not None
