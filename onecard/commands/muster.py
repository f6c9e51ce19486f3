"""`onecard muster`: how many are inside, by this box alone: for an evacuation with the network down."""

from pathlib import Path
from typing import Annotated

import typer

from edge import app
from edge.config import EdgeConfig
from edge.core.presence import Roll
from onecard.config_file import read_config
from onecard.language import say

HELP = say("How many are inside, by this box alone.", "显示在场人数（仅本网关所知）。")


def muster(config: Annotated[Path, typer.Option(help="TOML file of the edge.")]) -> None:
    """Print a line per area. It reads files only: broker, server and edge may be down."""
    found = app.rolls(read_config(config, EdgeConfig))
    if not found:
        typer.echo(say("No point here leads into or out of an area.", "本网关没有进出区域的点位。"))
        return
    typer.echo("\n".join(map(_line, found)))
    typer.echo(say("Seen by this gateway alone: others may know of more.", "仅本网关所知，其他网关可能另有进出。"))


def _line(roll: Roll) -> str:
    room = "" if roll.capacity is None else f"/{roll.capacity}"
    inside = say("{} inside", "在场 {}").format(f"{roll.inside}{room}")
    safe = say("{} at a muster point", "已到集合点 {}").format(roll.safe)
    return f"{roll.area}: {inside}, {safe}" if roll.safe else f"{roll.area}: {inside}"
