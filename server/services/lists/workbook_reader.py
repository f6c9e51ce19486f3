"""Reads a workbook in a process of its own: `python -m server.services.lists.workbook_reader` < file > JSON.

The library makes room for every cell between the first and the last of a sheet. A file of 5 kB with one cell in the
last corner asks for 400 GB, and what cannot have its memory in that library does not raise: the process dies. It must
not be the server's. Its memory and its time are bounded by the kernel.
"""

import io
import json
import re
import resource
import sys
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from server.services.lists.sheets import MAX_ROWS, Sheet, SheetFlaw, SheetProblem, sheet_of
from server.services.people.cells import text_of

MEMORY_MAX_BYTES: Final = 2**30
TIME_MAX_S: Final = 30
CELLS_MAX: Final = 5_000_000
"""Of a sheet, the empty ones between as well."""

OUT_MAX_BYTES: Final = 100 * 2**20


def first_sheet(data: bytes) -> Sheet:
    """Its first sheet that is not empty; SheetProblem."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height > MAX_ROWS + 1:
                raise SheetProblem(SheetFlaw.TOO_LONG)
            if sheet.height * sheet.width > CELLS_MAX:
                raise SheetProblem(SheetFlaw.FAR)
            if cells := sheet.to_python(skip_empty_area=False):
                return sheet_of([[text_of(cell) for cell in row] for row in cells], "workbook")
    except CalamineError as error:
        locked = re.search("password|encrypt", str(error), re.IGNORECASE)
        raise SheetProblem(SheetFlaw.LOCKED if locked else SheetFlaw.UNREADABLE) from None
    except MemoryError:
        raise SheetProblem(SheetFlaw.FAR) from None
    raise SheetProblem(SheetFlaw.EMPTY)


def told(data: bytes) -> bytes:
    """`{"rows": [[…]], "numbers": […]}`, or `{"flaw": …}`."""
    try:
        sheet = first_sheet(data)
    except SheetProblem as problem:
        return json.dumps({"flaw": problem.flaw}).encode()
    out = json.dumps({"rows": sheet.rows, "numbers": sheet.numbers}, ensure_ascii=False).encode()
    return out if len(out) <= OUT_MAX_BYTES else json.dumps({"flaw": SheetFlaw.TOO_BIG}).encode()


def main() -> None:
    """From standard input to standard output."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (TIME_MAX_S, TIME_MAX_S))
    sys.stdout.buffer.write(told(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
