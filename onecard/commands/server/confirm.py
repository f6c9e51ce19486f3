"""`onecard server confirm GATEWAY`"""

import sys
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.gateways import gateways
from server.services.opening import ServerError
from server.services.work import SYSTEM

HELP = say("Let a box join that shows this fingerprint.", "核对指纹后，允许网关加入。")


def confirm(
    gateway: Annotated[str, typer.Argument(help=say("Name of the gateway.", "网关名称。"))],
    config: ConfigFile,
    fingerprint: Annotated[str | None, typer.Option(help=say("As the box shows it.", "网关屏幕上显示的指纹。"))] = None,
) -> None:
    """Compare the fingerprint that the box shows with the one of who asked."""
    settings = load(config)
    with one_line_errors():
        if fingerprint is None:
            if not sys.stdin.isatty():
                raise ServerError(say("--fingerprint: as the box shows it", "--fingerprint：网关屏幕上显示的指纹"))
            fingerprint = typer.prompt(say("Fingerprint on the box", "网关屏幕上的指纹"))
        with opened(settings).work(SYSTEM) as work:
            gateways.confirm(work, gateway, fingerprint)
    typer.echo(say(f"{gateway} may join.", f"已允许 {gateway} 加入。"))
