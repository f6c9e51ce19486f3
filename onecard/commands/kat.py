"""`onecard kat FILE`: known-answer tests of the card cryptography."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from card_protocol.profiles.kat import run_cases
from card_protocol.profiles.kat_case import MAX_LINE_CHARS, MalformedCase
from onecard.language import say

HELP = say(
    "Run known-answer cases (JSON lines) through the code that talks to cards.",
    "用已知答案用例（每行一个 JSON）检验与卡片通信的代码。",
)
FAILED = 1
MALFORMED = 2
LINE_MAX_BYTES = 4 * MAX_LINE_CHARS


def kat(file: Annotated[Path, typer.Argument(help="File of cases, one JSON object a line.")]) -> None:
    """Print a line per failing case and a summary. Exit 1 if any fails, 2 if the file is malformed."""
    passed = failed = 0
    try:
        for result in run_cases(_lines_of(file)):
            passed += result.passed
            failed += not result.passed
            if not result.passed:
                typer.echo(f"{result.case.id}: {'; '.join(result.problems)}")
    except OSError as error:
        typer.echo(f"{file}: {error.strerror}", err=True)
        raise typer.Exit(MALFORMED) from error
    except MalformedCase as error:
        typer.echo(f"{file}:{error.line}: {error}", err=True)
        raise typer.Exit(MALFORMED) from error
    if not passed + failed:
        typer.echo(
            say(f"{file}:1: no case in this file; one JSON object a line", f"{file}:1：没有用例；每行一个 JSON 对象"),
            err=True,
        )
        raise typer.Exit(MALFORMED)
    typer.echo(say(f"{passed} passed, {failed} failed", f"{passed} 通过，{failed} 失败"))
    if failed:
        raise typer.Exit(FAILED)


def _lines_of(file: Path) -> Iterator[str]:
    """The lines, none read further than any case may be long; a byte order mark is no harm."""
    with file.open("rb") as stream:
        number = 0
        while line := stream.readline(LINE_MAX_BYTES):
            number += 1
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise MalformedCase(number, f"not UTF-8: byte {error.start + 1} of the line is no text") from error
