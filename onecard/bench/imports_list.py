"""The list of `onecard bench imports`: a workbook of invented residents, as a community's office keeps one."""

import io
from collections.abc import Iterator

import xlsxwriter

from onecard.bench.pages_town import person, spread
from server.services.people.id_number import check_character

TITLES = ("姓名", "房号", "手机号码", "身份证号码", "人员类别", "标签")
DIVISION = "330105"


def rows_of(count: int) -> Iterator[tuple[str, ...]]:
    """One row a person, each with a telephone and a number of their own."""
    for number in range(count):
        one, dice = person(number), spread(number, 7)
        born = f"{1930 + dice % 80}{dice // 80 % 12 + 1:02}{dice // 960 % 28 + 1:02}"
        digits = f"{DIVISION}{born}{number % 999 + 1:03}"
        yield (
            one.name, one.house, f"139{dice // 2**32 % 10**4:04}{one.phone_tail}", digits + check_character(digits),
            "居民", " ".join(one.tags),
        )  # fmt: skip


def workbook(count: int) -> bytes:
    """The list as .xlsx, every cell text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([TITLES, *rows_of(count)]):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
    return file.getvalue()
