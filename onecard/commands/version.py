"""`onecard version`: what runs here."""

import platform
from importlib.metadata import version as installed

import typer

from onecard.language import say

HELP = say("The version of onecard and of what it runs on.", "显示 onecard 及其运行环境的版本。")


def version() -> None:
    """Print one line."""
    typer.echo(f"onecard {installed('onecard')} · Python {platform.python_version()} · {platform.system()}")
