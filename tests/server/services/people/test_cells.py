"""Cells: what Excel and people make of telephones, houses and tags."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.people.cells import (
    TAG_MAX_CHARS,
    TAGS_MAX,
    CellFlaw,
    clean,
    house_beginning,
    house_code,
    house_kept,
    phone_tail,
    tags_of,
    text_of,
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "TRUE"),
        (13812344711.0, "13812344711"),
        (3.301061950010113e17, "3.301061950010113E+17"),
        (0.5, "0.5"),
        (502, "502"),
        (date(2002, 3, 1), "2002-03-01"),
        (datetime(2002, 3, 1), "2002-03-01"),  # noqa: DTZ001 - a cell has none
        ("\ufeff 王\n秀英\x00 ", "王 秀英"),
    ],
)
def test_a_cell_is_text(cell: object, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("13812344711", "4711"),
        ("+86 138-1234-4711", "4711"),
        ("0086 13812344711", "4711"),
        ("0571-88084711", "4711"),
        ("88084711", "4711"),
        ("4711", "4711"),
        ("１３８１２３４４７１１", "4711"),
        ("", ""),
        ("1381234471", CellFlaw.PHONE_FORM),
        ("12345678901", CellFlaw.PHONE_FORM),
        ("无", CellFlaw.PHONE_FORM),
        ("1.38123E+10", CellFlaw.PHONE_RUINED),
    ],
)
def test_of_a_telephone_the_last_four_digits_are_kept(text: str, tail: str | CellFlaw) -> None:
    assert phone_tail(text) == tail


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3-1-502", "3-1-502"),
        ("3幢1单元502室", "3-1-502"),
        ("３号楼1单元502", "3-1-502"),
        ("3栋502", "3-502"),
        ("a座1201", "A-1201"),
        ("3#1-502", "3-1-502"),
        ("紫荆苑3幢1单元502室", "紫荆苑3-1-502"),
        ("", ""),
        ("2002-03-01", CellFlaw.HOUSE_DATE),
        ("2002/3/1", CellFlaw.HOUSE_DATE),
        ("3月1日", CellFlaw.HOUSE_DATE),
        ("1-Mar", CellFlaw.HOUSE_DATE),
        ("警务室", CellFlaw.HOUSE_FORM),
        ("502", CellFlaw.HOUSE_FORM),
        ("3-1-502-" * 8, CellFlaw.HOUSE_FORM),
    ],
)
def test_a_house_has_one_form(text: str, code: str | CellFlaw) -> None:
    assert house_code(text) == code


@pytest.mark.parametrize(
    ("text", "begun"),
    [("3", "3"), ("3幢", "3-"), ("３号楼 ", "3-"), ("3幢1单元", "3-1-"), ("3幢1单元5", "3-1-5"), ("3-1-", "3-1-"),
     ("3幢1单元502室", "3-1-502"), ("a座", "A-"), ("a", "A"),
     ("紫荆苑3幢", "紫荆苑3-"), ("%", "%"), ("", ""), ("室", "室")],
)  # fmt: skip
def test_how_houses_of_a_building_begin(text: str, begun: str) -> None:
    assert house_beginning(text) == begun


def test_a_place_without_a_code_is_kept_as_written() -> None:
    assert [house_kept(text) for text in ("4幢2单元501室", "警务室", "")] == ["4-2-501", "警务室", ""]


@given(st.from_regex(r"[1-9][0-9]{0,2}-[1-9]-[1-9][0-9]{2,3}", fullmatch=True))
def test_a_house_in_its_form_stays_as_it_is(code: str) -> None:
    assert house_code(code) == code


@given(st.text())
def test_whatever_is_typed_is_answered(text: str) -> None:
    for read in (phone_tail, house_code):
        assert isinstance(read(text), str)
    assert "\n" not in clean(text)
    assert len(tags_of(text)) <= TAGS_MAX
    assert all(0 < len(tag) <= TAG_MAX_CHARS for tag in tags_of(text))


def test_tags_stand_once_each() -> None:
    assert tags_of("独居、高龄,独居;党员 ") == ["独居", "高龄", "党员"]
