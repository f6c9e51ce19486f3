"""The process that reads workbooks: what it tells, and that it stays small."""

import io
import json

import pytest
import xlsxwriter

from server.services.lists import sheet_out
from server.services.lists.sheets import MAX_ROWS, SheetFlaw
from server.services.lists.workbook_reader import CELLS_MAX, told


def reaching(row: int, column: int) -> bytes:
    """A workbook whose last cell is there."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet()
    page.write_string(0, 0, "姓名")
    page.write_string(row, column, "x")
    book.close()
    return buffer.getvalue()


def test_rows_with_their_numbers() -> None:
    assert json.loads(told(sheet_out.xlsx(["姓名"], [[""], ["单秀英"]]))) == {
        "rows": [["姓名"], ["单秀英"]],
        "numbers": [1, 3],
    }


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        (b"PK\x03\x04 no zip", SheetFlaw.UNREADABLE),
        (sheet_out.xlsx([""], []), SheetFlaw.EMPTY),
        (reaching(MAX_ROWS + 5, 0), SheetFlaw.TOO_LONG),
        (reaching(CELLS_MAX // 16_384, 16_383), SheetFlaw.FAR),
    ],
    ids=["unreadable", "empty", "too-long", "far"],
)
def test_or_a_flaw(data: bytes, flaw: SheetFlaw) -> None:
    assert json.loads(told(data)) == {"flaw": flaw}
