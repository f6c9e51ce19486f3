"""`onecard kat FILE`: known-answer tests of the card cryptography."""

from pathlib import Path
from typing import Annotated

import typer

from card_protocol.profiles.kat import run_cases
from card_protocol.profiles.kat_case import MalformedCase
from onecard.language import say

HELP = say(
    "Run known-answer cases (JSON lines) through the code that talks to cards.",
    "用已知答案用例（每行一个 JSON）检验与卡片通信的代码。",
)
FAILED = 1
MALFORMED = 2


def kat(file: Annotated[Path, typer.Argument(help="File of cases, one JSON object a line.")]) -> None:
    """Print a line per failing case and a summary. Exit 1 if any fails, 2 if the file is malformed."""
    passed = failed = 0
    try:
        with file.open(encoding="utf-8-sig") as lines:
            for result in run_cases(lines):
                passed += result.passed
                failed += not result.passed
                if not result.passed:
                    typer.echo(f"{result.case.id}: {'; '.join(result.problems)}")
    except (OSError, UnicodeDecodeError) as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(MALFORMED) from error
    except MalformedCase as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(MALFORMED) from error
    if not passed + failed:
        typer.echo(say(f"{file}: no case in this file", f"{file}：文件中没有用例"), err=True)
        raise typer.Exit(MALFORMED)
    typer.echo(say(f"{passed} passed, {failed} failed", f"{passed} 通过，{failed} 失败"))
    if failed:
        raise typer.Exit(FAILED)
