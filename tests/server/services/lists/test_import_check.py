"""One row of a list by itself."""

from datetime import date

import pytest

from server.services.lists.import_check import (
    HOUSE_MISSING,
    KIND_UNKNOWN,
    NAME_FORM,
    NAME_MISSING,
    Checked,
    check,
    house_text,
)
from server.services.lists.import_columns import Column, Subject
from server.services.people.cells import CellFlaw
from server.services.people.id_number import IdFlaw

COLUMNS = {Column.NAME: 0, Column.HOUSE: 1, Column.PHONE: 2, Column.ID_NUMBER: 3, Column.KIND: 4, Column.TAGS: 5}
TODAY = date(2026, 3, 1)
GOOD = ["单秀英", "3幢1单元502室", "138 1234 4711", "11010519491231002x", "业主", "独居、高龄"]


def person(*cells: str, typed: bool = False) -> Checked:
    return check(cells, COLUMNS, Subject.PEOPLE, mark=lambda n: f"mark of {n}", today=TODAY, typed=typed)


def test_a_whole_row_becomes_a_person_without_their_number() -> None:
    made = person(*GOOD)
    assert made.flaws == {}
    assert made.values == {
        "name": "单秀英",
        "kind": "resident",
        "house": "3-1-502",
        "phone_tail": "4711",
        "id_mark": "mark of 11010519491231002X",
        "tags": ["独居", "高龄"],
    }
    assert made.key == "mark of 11010519491231002X"


@pytest.mark.parametrize(
    ("place", "cell", "column", "flaw"),
    [
        (0, " ", Column.NAME, NAME_MISSING),
        (0, "王小明2", Column.NAME, NAME_FORM),
        (1, "", Column.HOUSE, HOUSE_MISSING),
        (1, "2002-03-01", Column.HOUSE, CellFlaw.HOUSE_DATE),
        (1, "东边", Column.HOUSE, CellFlaw.HOUSE_FORM),
        (2, "123", Column.PHONE, CellFlaw.PHONE_FORM),
        (3, "3.301061950010113E+17", Column.ID_NUMBER, IdFlaw.RUINED),
        (4, "外星人", Column.KIND, KIND_UNKNOWN),
    ],
)
def test_each_wrong_cell_is_told_apart(place: int, cell: str, column: Column, flaw: str) -> None:
    made = person(*(cell if index == place else good for index, good in enumerate(GOOD)))
    assert made.flaws == {column: flaw}
    assert made.key is None


def test_a_worker_needs_no_flat() -> None:
    assert person("王建国", "警务室", "", "", "保安", "").values["house"] == "警务室"
    assert person("王建国", "", "", "", "保安", "").flaws == {}


def test_two_rows_of_one_person_have_one_key() -> None:
    assert person("王秀英", "3-1-502", "4711").key == person(" 王秀英 ", "3幢1单元502", "13800004711").key
    assert person("王秀英", "3-1-502", "4711").key != person("王秀英", "3-1-503", "4711").key


def test_a_short_row_lacks_its_last_cells() -> None:
    assert person("王秀英", "3-1-502").values == {"name": "王秀英", "house": "3-1-502"}


def test_a_house_is_its_code_or_its_parts() -> None:
    columns = {Column.BUILDING: 0, Column.UNIT: 1, Column.ROOM: 2, Column.NOTE: 3}

    def house(*cells: str) -> Checked:
        return check(cells, columns, Subject.HOUSES, mark=str, today=TODAY)

    assert house("3幢", "1", "502", "顶楼").values == {"code": "3-1-502", "note": "顶楼"}
    assert house("3", "", "502").values == {"code": "3-502"}
    assert house("3", "1", "").flaws == {Column.HOUSE: HOUSE_MISSING}
    assert house_text({Column.HOUSE: "1-1-1", Column.BUILDING: "9", Column.ROOM: "9"}) == "1-1-1"
