"""Files and functions stay small enough to be read at one go. There is no list of exceptions."""

from pathlib import Path

import pytest

from tests.house.script_functions import script_functions
from tests.house.tree import PACKAGES, Span, functions, own_scripts, python_files, relative

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

PYTHON = python_files(*PACKAGES, "scripts", "tests")
SCRIPTS = own_scripts()


def too_long(spans: list[tuple[Path, Span]]) -> list[str]:
    return [
        f"{relative(path)}:{span.first}: {span.name} has {span.lines} lines"
        for path, span in spans
        if span.lines > MAX_FUNCTION_LINES
    ]


def test_no_file_is_longer_than_the_limit() -> None:
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in [*PYTHON, *SCRIPTS]}
    assert lengths, "no files found"
    assert not {name: length for name, length in lengths.items() if length > MAX_FILE_LINES}


def test_no_python_function_is_longer_than_the_limit() -> None:
    spans = [(path, span) for path in PYTHON for span in functions(path)]
    assert spans, "no functions found"
    assert not too_long(spans)


def test_no_script_function_is_longer_than_the_limit() -> None:
    spans = [(path, span) for path in SCRIPTS for span in script_functions(path.read_text(encoding="utf-8"))]
    assert not too_long(spans)


@pytest.mark.parametrize(("lines", "complaints"), [(MAX_FUNCTION_LINES, 0), (MAX_FUNCTION_LINES + 1, 1)])
def test_the_limit_bites_one_line_above_it(lines: int, complaints: int, tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("def long():\n" + "    x = 1\n" * (lines - 1))
    (span,) = functions(path)
    assert len(too_long([(PYTHON[0], span)])) == complaints
