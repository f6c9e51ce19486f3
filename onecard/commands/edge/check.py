"""`onecard edge check`: are the devices there?"""

from pathlib import Path
from typing import Annotated

import typer

from edge import app
from edge.config import EdgeConfig
from onecard.config_file import read_config
from onecard.language import say

HELP = say(
    "Try every point's reader once (while `edge run` is stopped).",
    "逐一检查各点位的读卡器（请先停止 edge run）。",
)
FAILED = 1


def check(config: Annotated[Path, typer.Option(help="TOML file.")]) -> None:
    """Print a line per point and one per problem. Exit 1 when there is a problem."""
    findings = app.check(read_config(config, EdgeConfig))
    for found in findings:
        well = say("has problems", "有问题") if found.problems else say("is well", "正常")
        typer.echo(f"{found.point} ({found.reader}): {well}")
        for problem in found.problems:
            typer.echo(f"    {problem}")
    if any(found.problems for found in findings):
        raise typer.Exit(FAILED)
