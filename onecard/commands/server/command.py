"""`onecard server command GATEWAY ACTION`: order something at a gateway's points, as the page does."""

from typing import Annotated

import typer

from card_protocol.wire.command import Action
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.gateways import commands
from server.services.gateways.commands import CommandIn
from server.services.work import SYSTEM

HELP = say("Order something at a gateway: open, hold, lock down …", "向网关下达指令：开门、常开、封闭等。")
MISUSED = 2


def command(
    gateway: Annotated[str, typer.Argument(help=say("Name of the gateway.", "网关名称。"))],
    action: Annotated[Action, typer.Argument(help=say("What to do.", "指令。"))],
    config: ConfigFile,
    why: Annotated[str, typer.Option(help=say("The reason, for the record.", "原因，会记入日志。"))],
    point: Annotated[str | None, typer.Option(help=say("Which point.", "点位。"))] = None,
    area: Annotated[str | None, typer.Option(help=say("Which area.", "区域。"))] = None,
    level: Annotated[int | None, typer.Option(help=say("Level of a lockdown, 1 to 4.", "封闭级别，1 至 4。"))] = None,
) -> None:
    """Print the command's number. The running server sends it within a second."""
    settings = load(config)
    try:
        asked = CommandIn(action=action, point=point, area=area, level=level, why=why)
    except ValueError:
        said = say("say --why in a few words; --level is 1 to 4", "请用 --why 写明原因；--level 为 1 至 4")
        typer.echo(f"onecard: {said}", err=True)
        raise typer.Exit(MISUSED) from None
    speed = settings.clock.speed if settings.clock else 1
    with one_line_errors(), opened(settings).work(SYSTEM) as work:
        view = commands.give(work, gateway, asked, speed=speed)
    typer.echo(view.number)
