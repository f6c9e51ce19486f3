"""Fen as yuan and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pages.money import fen_of, money, yuan


@given(st.integers(0, 10**8 - 1))
def test_what_is_shown_is_what_was_meant(fen):
    assert fen_of(yuan(fen)) == fen


@pytest.mark.parametrize(("text", "fen"), [("50", 5000), (" 50.5 元", 5050), ("0.05", 5), ("12,30", 1230)])
def test_what_people_type(text, fen):
    assert fen_of(text) == fen


@pytest.mark.parametrize("text", ["", "-5", "1e3", "5.555", "五十", "1234567", "1.2.3"])
def test_what_is_no_amount(text):
    with pytest.raises(ValueError, match=text.strip() or "^$"):
        fen_of(text)


def test_a_debit_has_a_real_minus_sign():
    assert yuan(-1205) == "\u221212.05"
    assert (money(-1205), money(5)) == ("\u2212¥12.05", "¥0.05")
