"""Columns guessed from their titles."""

import pytest

from server.services.lists.import_columns import Column, Subject, fingerprint, guess, head_row, is_enough

TITLES = ["序号", "住户 姓名(必填)", "幢号", "单元", "室号", "手机号码", "身份证号码", "备注"]


def test_titles_as_people_write_them_are_understood() -> None:
    assert guess(TITLES, Subject.PEOPLE) == {
        Column.NAME: 1,
        Column.BUILDING: 2,
        Column.UNIT: 3,
        Column.ROOM: 4,
        Column.PHONE: 5,
        Column.ID_NUMBER: 6,
    }
    assert guess(TITLES, Subject.HOUSES) == {
        Column.BUILDING: 2,
        Column.UNIT: 3,
        Column.ROOM: 4,
        Column.NOTE: 7,
    }
    assert guess(["Name", "House", "Phone"], Subject.PEOPLE) == {Column.NAME: 0, Column.HOUSE: 1, Column.PHONE: 2}


def test_the_row_of_titles_is_found_below_the_name_of_the_list() -> None:
    rows = [["善贤社区居民花名册"], ["2026年3月"], TITLES, ["1", "王秀英"]]
    assert head_row(rows, Subject.PEOPLE) == 2
    assert head_row([["王秀英", "3-1-502"]], Subject.PEOPLE) is None
    assert head_row([["房号"], ["3-1-502"]], Subject.HOUSES) == 0


def test_the_first_of_two_columns_of_a_meaning_counts() -> None:
    assert guess(["姓名", "户主姓名"], Subject.PEOPLE) == {Column.NAME: 0}


def test_lists_with_the_same_titles_are_the_same_kind() -> None:
    assert fingerprint(["姓 名", "房号"]) == fingerprint(["姓名", "房号(如3-1-502)"])
    assert fingerprint(["姓名", "房号"]) != fingerprint(["房号", "姓名"])


@pytest.mark.parametrize(
    ("columns", "subject", "enough"),
    [
        ({Column.NAME}, Subject.PEOPLE, True),
        ({Column.HOUSE, Column.PHONE}, Subject.PEOPLE, False),
        ({Column.HOUSE}, Subject.HOUSES, True),
        ({Column.BUILDING, Column.ROOM}, Subject.HOUSES, True),
        ({Column.BUILDING, Column.UNIT}, Subject.HOUSES, False),
    ],
)
def test_some_columns_must_be_there(columns: set[Column], subject: Subject, enough: bool) -> None:
    assert is_enough(dict.fromkeys(columns, 0), subject) is enough
