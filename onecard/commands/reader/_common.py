"""What the reader commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from edge.config import BenchConfig
from edge.drivers.reader_store import ReaderStore
from onecard.config_file import read_config
from onecard.language import say
from onecard.logs import set_up_logs

FAILED = 1
MISUSED = 2

ConfigFile: TypeAlias = Annotated[
    Path, typer.Option("--config", help=say("The edge's TOML file.", "点位配置文件（TOML）。"))
]
Name: TypeAlias = Annotated[str, typer.Argument(help=say("The reader's name at this box.", "读卡器在本网关的名称。"))]


def store_of(config: Path) -> ReaderStore:
    """The readers of the box that the file describes."""
    # A line that comes and goes while a key is changed is no news to who changes it.
    set_up_logs("reader", "error")
    return ReaderStore(read_config(config, BenchConfig).state_dir)


def fail(message: str, code: int = FAILED) -> typer.Exit:
    """Say why, and end."""
    typer.echo(message, err=True)
    return typer.Exit(code)
