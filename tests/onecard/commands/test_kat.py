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


GOOD = b'{"id": "a", "op": "aes-cmac", "in": {"key": "00", "msg": ""}, "out": {"mac": "00"}}'


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\n{}\n", ':2: a case has "id" and "op"'),
        (b"\xff\xfe", ":1: not UTF-8: byte 1"),
        (b"\n\n" + GOOD.replace(b"00", b"\xe9"), ":3: not UTF-8"),
        (b"", ":1: no case"),
        (b"\n\n", ":1: no case"),
        (b'{"id": "a"', ":1: no JSON object: Expecting ',' delimiter at column 11"),
        (b"[]", ":1: no JSON object"),
        (GOOD.replace(b"aes-cmac", b"des-cmac"), ':1: "op" is none of aes-cmac, an10922-aes128'),
        (GOOD.replace(b'"00", "msg"', b'"000", "msg"'), ':1: "key" is not a byte string: an even number of hex digits'),
        (GOOD.replace(b'"00", "msg"', b'"0 0 ", "msg"'), ':1: "key" is not a byte string'),
        (GOOD.replace(b'"msg": ""', b'"x": ""'), ':1: "key" has 1 bytes, not 16'),
        (GOOD.replace(b'"key"', b'"k"'), ':1: "key" is missing: it is a byte string'),
        (GOOD.replace(b'"msg": ""', b'"msg": 5').replace(b'"00", ', b'"' + b"00" * 16 + b'", '), ':1: "msg" is not'),
        (b"x" * 300_000, ":1: longer than any case"),
    ],
)
def test_a_malformed_file_exits_2_and_says_where_and_what_is_allowed(tmp_path, capsys, content, text):
    file = tmp_path / "cases.jsonl"
    file.write_bytes(content)
    assert main(["kat", str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{file}{text}")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(("name", "text"), [("none", "No such file"), (".", "Is a directory")])
def test_what_is_no_file_exits_2(tmp_path, capsys, name, text):
    assert main(["kat", str(tmp_path / name)]) == 2
    assert text in capsys.readouterr().err


def test_the_summary_speaks_chinese(monkeypatch, capsys):
    monkeypatch.setenv("ONECARD_LANG", "zh_CN.UTF-8")
    main(["kat", str(VECTORS)])
    assert capsys.readouterr().out == "20 通过，0 失败\n"


def test_a_byte_order_mark_is_no_harm(tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + VECTORS.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["kat", str(file)]) == 0
