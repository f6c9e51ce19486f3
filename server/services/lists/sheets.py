"""Lists as people have them: xlsx, xls, ods, CSV in UTF-8 or GB18030, or cells copied out of Excel -> rows of text."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from server.services.people.cells import clean

FILE_MAX_BYTES = 20 * 2**20
UNPACKED_MAX_BYTES = 300 * 2**20
"""Of what an xlsx says that it holds: a file of 42 kB can be made to unpack to petabytes."""

MAX_ROWS = 50_000
MAX_COLUMNS = 60
CELL_MAX_CHARS = 200

READER: Final = "server.services.lists.workbook_reader"
READER_ENVIRONMENT: Final = frozenset({"PATH", "PYTHONPATH", "LANG", "LC_ALL"})
"""What a process that reads strangers' files is told of ours: no passphrase."""

READ_TIMEOUT_S: Final = 60.0
_TURNS: Final = threading.BoundedSemaphore(2)
"""Workbooks that are read at one time: each may take a gibibyte."""

ZIP_MAGIC, XLS_MAGIC = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS = ("\t", ",", ";")


class SheetFlaw(StrEnum):
    """Why a file is no list."""

    EMPTY = "empty"
    TOO_BIG = "too-big"
    TOO_LONG = "too-long"
    TOO_WIDE = "too-wide"
    FAR = "far"
    """A stray cell stands so far off that there is no room for all between."""
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    NOT_TEXT = "not-text"


class SheetProblem(Exception):
    """A file that cannot be read; what the person can do about it is told by the page."""

    def __init__(self, flaw: SheetFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True)
class Sheet:
    """Rows of equal length with the number that each has in its file, from 1; empty rows are left out."""

    rows: list[list[str]]
    numbers: list[int]
    form: str
    """How it was read: xlsx, xls, utf-8, gb18030 …"""


def read_file(data: bytes) -> Sheet:
    """Bytes of a file -> its first sheet that is not empty; SheetProblem."""
    if len(data) > FILE_MAX_BYTES:
        raise SheetProblem(SheetFlaw.TOO_BIG)
    if not data.strip():
        raise SheetProblem(SheetFlaw.EMPTY)
    if data.startswith((ZIP_MAGIC, XLS_MAGIC)):
        return _workbook(data)
    text, encoding = decoded(data)
    return read_text(text, encoding)


def read_text(text: str, form: str = "paste") -> Sheet:
    """CSV, or cells as the clipboard carries them (columns by tab); SheetProblem."""
    head = "\n".join(text.splitlines()[:20])
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return sheet_of([[clean(cell) for cell in row] for row in islice(reader, MAX_ROWS + 2)], form)
    except csv.Error:
        raise SheetProblem(SheetFlaw.UNREADABLE) from None


def decoded(data: bytes) -> tuple[str, str]:
    """(text, encoding): what says so by a mark, else UTF-8 if it can be, else GB18030 as Excel in China writes."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data, encoding), encoding.removesuffix("-sig")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise SheetProblem(SheetFlaw.NOT_TEXT)


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise SheetProblem(SheetFlaw.NOT_TEXT) from None


def _workbook(data: bytes) -> Sheet:
    form = "xls"
    if data.startswith(ZIP_MAGIC):
        form = "xlsx"
        _check_unpacked(data)
    rows, numbers = _read_aside(data)
    return Sheet(rows, numbers, form)


def _read_aside(data: bytes) -> tuple[list[list[str]], list[int]]:
    """What `workbook_reader` makes of it, in a process that may die of it; SheetProblem."""
    kept = {name: value for name, value in os.environ.items() if name in READER_ENVIRONMENT}
    command = [sys.executable, "-P", "-m", READER]
    try:
        with _TURNS:
            done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
                command, input=data, capture_output=True, timeout=READ_TIMEOUT_S, env=kept, check=False
            )
    except subprocess.TimeoutExpired:
        raise SheetProblem(SheetFlaw.TOO_BIG) from None
    if done.returncode != 0:
        # By a signal: it wanted more than it may have. By itself: the library broke over it.
        raise SheetProblem(SheetFlaw.FAR if done.returncode < 0 else SheetFlaw.UNREADABLE)
    told = json.loads(done.stdout)
    if "flaw" in told:
        raise SheetProblem(SheetFlaw(told["flaw"]))
    return told["rows"], told["numbers"]


def _check_unpacked(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except zipfile.BadZipFile:
        raise SheetProblem(SheetFlaw.UNREADABLE) from None
    if unpacked > UNPACKED_MAX_BYTES:
        raise SheetProblem(SheetFlaw.TOO_BIG)


def sheet_of(cells: list[list[str]], form: str) -> Sheet:
    """Cells as text -> the rows that are not empty, of equal length; SheetProblem."""
    kept = [(number, row) for number, row in enumerate(cells, 1) if any(row)]
    if not kept:
        raise SheetProblem(SheetFlaw.EMPTY)
    if len(kept) > MAX_ROWS + 1:
        raise SheetProblem(SheetFlaw.TOO_LONG)
    width = max(_filled(row) for _, row in kept)
    if width > MAX_COLUMNS:
        raise SheetProblem(SheetFlaw.TOO_WIDE)
    rows = [[cell[:CELL_MAX_CHARS] for cell in (row + [""] * width)[:width]] for _, row in kept]
    return Sheet(rows, [number for number, _ in kept], form)


def _filled(row: list[Any]) -> int:
    return max((index + 1 for index, cell in enumerate(row) if cell), default=0)
