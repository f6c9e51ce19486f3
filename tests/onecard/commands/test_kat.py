"""`onecard kat FILE`: what it prints and how it exits."""

import json
from pathlib import Path

import pytest

from onecard.cli import main

VECTORS = Path(__file__).parents[2] / "card_protocol" / "vectors" / "ev2.jsonl"


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("ONECARD_LANG", "en")


def test_published_cases_pass(capsys):
    assert main(["kat", str(VECTORS)]) == 0
    assert capsys.readouterr().out == "20 passed, 0 failed\n"


def test_a_failing_case_has_a_line_and_exit_1(tmp_path, capsys):
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    case = json.loads(lines[0])
    case["out"]["mac"] = "00" * 16
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join([json.dumps(case), *lines[1:3]]), encoding="utf-8")
    assert main(["kat", str(file)]) == 1
    first, summary = capsys.readouterr().out.splitlines()
    assert first == f"cmac-0: mac is BB1D6929E95937287FA37D129B756746, not {'00' * 16}"
    assert summary == "2 passed, 1 failed"


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"\n{}\n", "line 2: "), (b"\xff\xfe", "decode"), (None, "No such file"), (b"\n\n", "no case")],
)
def test_a_file_that_is_none_exits_2(tmp_path, capsys, content, text):
    file = tmp_path / "cases.jsonl"
    if content is not None:
        file.write_bytes(content)
    assert main(["kat", str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert text in captured.err
    assert captured.err.count("\n") == 1


def test_the_summary_speaks_chinese(monkeypatch, capsys):
    monkeypatch.setenv("ONECARD_LANG", "zh_CN.UTF-8")
    main(["kat", str(VECTORS)])
    assert capsys.readouterr().out == "20 通过，0 失败\n"


def test_a_byte_order_mark_is_no_harm(tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + VECTORS.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["kat", str(file)]) == 0
