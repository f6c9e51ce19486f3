"""The newest lines of all programs, in the order of their times."""

from pathlib import Path

from card_protocol.wire.command import LOG_LINE_MAX_CHARS
from gateway.drivers.log_excerpt import TAIL_MAX_BYTES, log_excerpt


def line(second: int, text: str) -> str:
    return f'{{"event": "{text}", "timestamp": "2026-11-28T03:00:{second:02d}Z"}}'


def test_lines_of_all_programs_by_their_time(tmp_path: Path) -> None:
    (tmp_path / "gateway.log").write_text("\n".join([line(1, "a"), line(3, "c")]) + "\n")
    (tmp_path / "edge.log").write_text(line(2, "b") + "\n")
    (tmp_path / "other.txt").write_text("not a log")
    assert log_excerpt(tmp_path) == [line(1, "a"), line(2, "b"), line(3, "c")]
    assert log_excerpt(tmp_path, 1) == [line(3, "c")]


def test_of_a_long_file_the_last_whole_lines(tmp_path: Path) -> None:
    (tmp_path / "gateway.log").write_text("x" * 200 + "\n" + "".join(f"{n:07d}\n" for n in range(TAIL_MAX_BYTES // 8)))
    found = log_excerpt(tmp_path, 10**6)
    assert "x" not in "".join(found)
    assert found[-1] == f"{TAIL_MAX_BYTES // 8 - 1:07d}"
    assert all(len(one) == 7 for one in found)


def test_each_is_one_line_of_text_whatever_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "gateway.log").write_bytes(b"\x00\xff a\tb " + b"y" * 2000 + b"\n")
    (found,) = log_excerpt(tmp_path)
    assert found.isprintable()
    assert len(found) == LOG_LINE_MAX_CHARS


def test_without_logs_there_are_none(tmp_path: Path) -> None:
    assert log_excerpt(tmp_path / "nowhere") == []
