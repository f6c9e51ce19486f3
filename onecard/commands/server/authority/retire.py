"""`onecard server authority retire NUMBER`"""

from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.keys import authorities
from server.services.work import SYSTEM

HELP = say("Trust an authority no more, when no gateway needs it.", "停用不再需要的证书颁发机构。")


def retire(
    number: Annotated[int, typer.Argument(help=say("Its number.", "编号。"))],
    config: ConfigFile,
    force: Annotated[
        bool,
        typer.Option(
            help=say("Even if gateways need it: they must be enrolled anew.", "即使仍有网关需要（须重新登记）。")
        ),
    ] = False,
) -> None:
    """Restart the server afterwards, and send the broker SIGHUP."""
    settings = load(config)
    with one_line_errors(), opened(settings).work(SYSTEM) as work:
        authorities.retire(work, number, force=force)
    typer.echo(say(f"Authority {number} is retired.", f"{number} 号机构已停用。"))
