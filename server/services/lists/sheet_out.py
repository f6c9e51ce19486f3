"""Lists that people open in Excel: xlsx in which every cell is text, or CSV in UTF-8 with a byte order mark.

In a cell that is text Excel ruins no identity number and makes no date of a house. A CSV has no such cells: what Excel
would take for a formula gets an apostrophe (OWASP, CSV injection), and so does a long number.
"""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

BOM = "\ufeff"
NUMBER_DIGITS = 11
"""Excel shows longer numbers as 3.30106E+17."""

CELL_MAX_CHARS = 32_767
"""What Excel holds; a CSV has everything."""

COLUMN_CHARS = 18
COMMENT_CHARS = 60
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Sequence[Sequence[str]]


def xlsx(head: Sequence[str], rows: Rows, *, sheet: str = "onecard", above: str = "") -> bytes:
    """A workbook of one sheet with a bold first row; its last column is wide, for a comment.

    `above`: a line over everything, who took the list out and why.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet(sheet)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    page.set_column(0, max(0, len(head) - 1), COLUMN_CHARS, text)
    page.set_column(len(head) - 1, len(head) - 1, COMMENT_CHARS, text)
    top = 1 if above else 0
    page.freeze_panes(top + 1, 0)
    if above:
        page.write_string(0, 0, above, text)
    for column, title in enumerate(head):
        page.write_string(top, column, title, bold)
    for number, row in enumerate(rows, top + 1):
        for column, cell in enumerate(row):
            page.write_string(number, column, _held(cell), text)
    book.close()
    return buffer.getvalue()


def _held(cell: str) -> str:
    return cell if len(cell) <= CELL_MAX_CHARS else f"{cell[: CELL_MAX_CHARS - 1]}…"


def csv_bytes(head: Sequence[str], rows: Rows, *, above: str = "") -> bytes:
    """A CSV (RFC 4180) as Excel reads it without being asked. `above`: as in `xlsx`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in (*([[above]] if above else []), head, *rows):
        writer.writerow([harmless(cell) for cell in row])
    return (BOM + buffer.getvalue()).encode()


def harmless(cell: str) -> str:
    """A cell that Excel shows as it is written."""
    long_number = cell.isascii() and cell.isdigit() and len(cell) > NUMBER_DIGITS
    return f"'{cell}" if cell.startswith(_FORMULA) or long_number else cell
