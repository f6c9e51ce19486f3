"""The list of the import bench is one that an office could have: every row is right."""

from datetime import date

from onecard.bench.imports_list import TITLES, rows_of, workbook
from server.services.lists.import_check import check
from server.services.lists.import_columns import Column, Subject, guess
from server.services.lists.sheets import read_file

ROWS = 300


def test_every_row_can_be_taken_over():
    sheet = read_file(workbook(ROWS))
    assert len(sheet.rows) == ROWS + 1
    mapped = guess(sheet.rows[0], Subject.PEOPLE)
    assert set(mapped) == {Column.NAME, Column.HOUSE, Column.PHONE, Column.ID_NUMBER, Column.KIND, Column.TAGS}
    found = [check(row, mapped, Subject.PEOPLE, mark=str, today=date(2026, 11, 28)) for row in map(list, rows_of(ROWS))]
    assert [row.flaws for row in found if row.flaws] == []
    assert len({row.values["id_mark"] for row in found}) == ROWS
    assert list(TITLES) == sheet.rows[0]
