"""What the reader commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from edge.config import EdgeConfig
from edge.drivers.reader_store import ReaderStore
from onecard.config_file import read_config

FAILED = 1
MISUSED = 2

ConfigFile: TypeAlias = Annotated[Path, typer.Option("--config", help="The edge's TOML file.")]
Name: TypeAlias = Annotated[str, typer.Argument(help="The reader's name at this box.")]


def store_of(config: Path) -> ReaderStore:
    """The readers of the box that the file describes."""
    return ReaderStore(read_config(config, EdgeConfig).state_dir)


def fail(message: str, code: int = FAILED) -> typer.Exit:
    """Say why, and end."""
    typer.echo(message, err=True)
    return typer.Exit(code)
