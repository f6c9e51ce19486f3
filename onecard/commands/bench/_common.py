"""What the benchmarks' commands share: the line that says how far they are, and the file with the figures."""

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from onecard.language import say

PROGRESS_CHARS: Final = 60
"""A shorter line than the one before covers it to here."""

JsonFile = Annotated[
    Path | None, typer.Option("--json", help=say("Write the figures to this file.", "把测得的数值写入此文件。"))
]


def progress(*what: object) -> None:
    """How far it is: one line on the terminal's error stream, which the next call writes over."""
    typer.echo(f"\r{' '.join(map(str, what)):<{PROGRESS_CHARS}}", nl=False, err=True)


def step(*what: object) -> None:
    """The same for the usual end of such a line: what comes before, then so many of so many."""
    *before, done, total = what
    progress(*before, f"{done}/{total}")


def progress_ends() -> None:
    """What is printed next begins a line of its own."""
    typer.echo("", err=True)


def keep(report: dict[str, Any], file: Path | None) -> None:
    """Write the figures to the file that was asked for, if any."""
    if file is not None:
        file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
