"""Lists as bytes: made by the programs' own writers, and broken by hand."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from server.services.lists import sheet_out
from server.services.lists.sheets import (
    CELL_MAX_CHARS,
    FILE_MAX_BYTES,
    MAX_COLUMNS,
    SheetFlaw,
    SheetProblem,
    decoded,
    read_file,
    read_text,
)

RUINED = Path(__file__).with_name("ruined.xls")
ROWS = [["姓名", "房号"], ["单秀英", "3-1-502"], ["王建国", "5-2-101"]]


def flaw(data: bytes) -> SheetFlaw:
    with pytest.raises(SheetProblem) as told:
        read_file(data)
    return told.value.flaw


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_is_read_in_every_encoding_that_excel_writes(encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in ROWS)
    sheet = read_file(text.encode(encoding))
    assert sheet.rows == ROWS
    assert sheet.numbers == [1, 2, 3]


def test_a_workbook_is_read_and_empty_rows_keep_their_numbers() -> None:
    sheet = read_file(sheet_out.xlsx(ROWS[0], [["", ""], *ROWS[1:]]))
    assert (sheet.rows, sheet.numbers, sheet.form) == (ROWS, [1, 3, 4], "xlsx")


def test_a_workbook_of_before_2007_is_read_with_what_excel_has_ruined_in_it() -> None:
    """ruined.xls is a real one (BIFF8): numbers typed as numbers, a house that became a date."""
    sheet = read_file(RUINED.read_bytes())
    assert (sheet.form, len(sheet.rows)) == ("xls", 7)
    assert sheet.rows[0][:4] == ["姓名", "电话", "房号", "身份证号"]
    assert sheet.rows[2][:4] == ["欧阳娜", "13800002222", "5-1-102", "3.301051950010112E+17"]
    assert sheet.rows[3][2] == "2026-03-02"


def test_a_rare_character_of_a_name_survives_gb18030() -> None:
    assert decoded("䶮𠅤".encode("gb18030")) == ("䶮𠅤", "gb18030")


def test_pasted_cells_may_hold_quotes_and_line_breaks() -> None:
    assert read_text('姓名\t备注\n王秀英\t"住\n顶楼 ""B"""').rows[1] == ["王秀英", '住 顶楼 "B"']


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", SheetFlaw.EMPTY),
        (b" \r\n ", SheetFlaw.EMPTY),
        (b",,\n,,", SheetFlaw.EMPTY),
        (b"PK\x03\x04 no zip", SheetFlaw.UNREADABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no xls", SheetFlaw.UNREADABLE),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff", SheetFlaw.NOT_TEXT),
        (b"\xff\xfe\x00", SheetFlaw.NOT_TEXT),
        (b"," * (MAX_COLUMNS + 5) + b"x", SheetFlaw.TOO_WIDE),
        (b"x\n" * 50_010, SheetFlaw.TOO_LONG),
        (b"x" * (FILE_MAX_BYTES + 1), SheetFlaw.TOO_BIG),
    ],
    ids=lambda value: value.value if isinstance(value, SheetFlaw) else "",
)
def test_what_is_no_list_is_refused_with_a_reason(data: bytes, expected: SheetFlaw) -> None:
    assert flaw(data) is expected


def test_a_bomb_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(4):
            file.writestr(f"{number}.xml", b"\0" * (80 * 2**20))
    assert flaw(packed.getvalue()) is SheetFlaw.TOO_BIG


@pytest.mark.parametrize("corner", [(1_048_575, 16_383), (40_000, 16_383)])
def test_a_stray_cell_in_the_last_corner_is_told_and_kills_no_server(corner: tuple[int, int]) -> None:
    """The library makes room for 17 thousand million cells, and a process that cannot have that dies."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet()
    page.write_string(0, 0, "姓名")
    page.write_string(*corner, "x")
    book.close()
    assert flaw(buffer.getvalue()) is SheetFlaw.FAR


def test_who_reads_strangers_files_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []

    def run(_command: object, *, env: dict[str, str], **_rest: object) -> subprocess.CompletedProcess[bytes]:
        seen.append(env)
        return subprocess.CompletedProcess([], 0, b'{"rows": [["x"]], "numbers": [1]}')

    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", "hush")
    monkeypatch.setattr(subprocess, "run", run)
    assert read_file(sheet_out.xlsx(["x"], [])).rows == [["x"]]
    assert "hush" not in seen[0].values()


def test_a_long_cell_is_cut() -> None:
    assert read_text("x" * 500).rows == [["x" * CELL_MAX_CHARS]]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_a_flaw(data: bytes) -> None:
    try:
        sheet = read_file(data)
    except SheetProblem:
        return
    assert len({len(row) for row in sheet.rows}) == 1
    assert len(sheet.rows) == len(sheet.numbers)
