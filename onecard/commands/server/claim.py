"""`onecard server claim GATEWAY`"""

from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.gateways import gateways
from server.services.keys import authorities
from server.services.work import SYSTEM

HELP = say("Make a one-time claim (24 h) for a gateway.", "为网关生成一次性接入码（24 小时有效）。")


def claim(
    gateway: Annotated[str, typer.Argument(help=say("Name of the gateway.", "网关名称。"))],
    config: ConfigFile,
    place: Annotated[str, typer.Option(help=say("Where the box is.", "设备位置。"))] = "",
) -> None:
    """Print the claim alone, so that a script can take it."""
    settings = load(config)
    with one_line_errors(), opened(settings).work(SYSTEM) as work:
        text = gateways.claim(work, gateway, settings.community, place=place)
        mark = authorities.mark(work.session, work.real_ms)
    typer.echo(text)
    typer.echo(
        say(f"Fingerprint of this server, for the box: {mark}", f"本服务器指纹（在网关上输入）：{mark}"), err=True
    )
