"""Division codes: levels, parents, lineage and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from card_protocol.words.division import CODE_DIGITS, DivisionCode, Level, covers, level_of, lineage, parent_of
from tests.support.strategies import division_codes

HANGZHOU = "330100000000"
GONGSHU = "330105000000"
SHANGTANG = "330105009000"
SHANXIAN = "330105009012"


def test_the_four_levels_of_one_place() -> None:
    assert [level_of(c) for c in (HANGZHOU, GONGSHU, SHANGTANG, SHANXIAN)] == list(Level)
    assert lineage(SHANXIAN) == (HANGZHOU, GONGSHU, SHANGTANG, SHANXIAN)
    assert parent_of(HANGZHOU) is None
    assert parent_of(SHANXIAN) == SHANGTANG


def test_covers_goes_down_only() -> None:
    assert covers(GONGSHU, SHANXIAN)
    assert covers(SHANXIAN, SHANXIAN)
    assert not covers(SHANXIAN, GONGSHU)
    assert not covers("330106000000", SHANXIAN)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "12 digits"),
        ("33010500901", "12 digits"),
        ("3301050090123", "12 digits"),
        ("33010500901x", "12 digits"),
        ("33010500901\n", "12 digits"),
        ("３３０１０５００９０１２", "12 digits"),
        ("330000000000", "names a province"),
        ("000000000000", "names a province"),
        ("033301000000", "lies in no province"),
        ("330100009000", r"empty level \(digits 5 to 6\)"),
        ("330105000012", r"empty level \(digits 7 to 9\)"),
        ("330100000012", r"empty level \(digits 5 to 6\)"),
    ],
)
def test_what_is_no_code(code: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        level_of(code)
    with pytest.raises(ValidationError):
        TypeAdapter(DivisionCode).validate_python(code)


@given(st.text(max_size=2000).filter(lambda text: len(text) != CODE_DIGITS))
def test_whatever_text_stands_in_a_file_gets_a_short_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="12 digits") as caught:
        level_of(text)
    assert len(str(caught.value)) < 250


@given(division_codes())
def test_a_lineage_steps_down_level_by_level(code: str) -> None:
    line = lineage(code)
    assert [level_of(unit) for unit in line] == list(Level)[: len(line)]
    assert line[-1] == code
    assert [parent_of(unit) for unit in line] == [None, *line[:-1]]
    assert all(covers(unit, code) for unit in line)
    assert TypeAdapter(DivisionCode).validate_python(code) == code


@given(division_codes(), division_codes())
def test_covers_is_an_order(one: str, other: str) -> None:
    assert (covers(one, other) and covers(other, one)) == (one == other)
    if covers(one, other):
        assert set(lineage(one)) <= set(lineage(other))
