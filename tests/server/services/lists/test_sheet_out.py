"""Lists for Excel: what was written is what comes back, and nothing runs."""

import csv
import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from server.services.lists import sheet_out
from server.services.lists.sheets import read_file
from server.services.people.cells import clean

HEAD = ["姓名", "身份证号", "说明"]
ROW = ["单秀英", "11010519491231002X", "=1+1"]


def test_every_cell_of_a_workbook_is_text() -> None:
    assert read_file(sheet_out.xlsx(HEAD, [ROW, ["王", "330106195001010000", "http://x"]])).rows == [
        HEAD,
        ROW,
        ["王", "330106195001010000", "http://x"],
    ]


def test_a_csv_has_the_mark_that_excel_needs_and_no_formulas() -> None:
    data = sheet_out.csv_bytes(HEAD, [ROW, ["王", "330106195001010000", "3-1-502"]])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [HEAD, [*ROW[:2], "'=1+1"], ["王", "'330106195001010000", "3-1-502"]]


@given(st.lists(st.text(max_size=30).map(clean).filter(bool), min_size=3, max_size=3))
def test_whatever_stood_in_a_row_comes_back(row: list[str]) -> None:
    assert read_file(sheet_out.xlsx(HEAD, [row])).rows[1] == row


def test_a_cell_that_is_too_long_for_excel_is_cut_and_not_lost() -> None:
    with zipfile.ZipFile(io.BytesIO(sheet_out.xlsx(["a"], [["x" * 40_000]]))) as book:
        words = book.read("xl/sharedStrings.xml").decode()
    assert f"<t>{'x' * (sheet_out.CELL_MAX_CHARS - 1)}…</t>" in words
