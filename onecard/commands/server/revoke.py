"""`onecard server revoke GATEWAY`"""

from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.gateways import gateways
from server.services.work import SYSTEM

HELP = say("Shut a stolen or broken gateway out.", "吊销被盗或损坏的网关。")


def revoke(
    gateway: Annotated[str, typer.Argument(help=say("Name of the gateway.", "网关名称。"))],
    config: ConfigFile,
    why: Annotated[str, typer.Option(help=say("Reason, for the trail.", "原因，记入审计。"))] = "",
) -> None:
    """It can connect no more, and nothing that it signs is taken."""
    settings = load(config)
    with one_line_errors(), opened(settings).work(SYSTEM) as work:
        gateways.revoke(work, gateway, why=why)
    typer.echo(say(f"{gateway} is shut out.", f"{gateway} 已吊销。"))
    if settings.broker.folder is None:
        hint = say(
            "The server refuses it at once. Tell the broker too: onecard server broker-config, and SIGHUP.",
            "服务器已立即拒绝该网关。还需通知消息服务器：运行 onecard server broker-config 并发送 SIGHUP。",
        )
        typer.echo(hint, err=True)
