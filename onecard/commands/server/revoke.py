"""`onecard server revoke GATEWAY`"""

import os
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.config import ServerConfig
from server.services.gateways import gateways
from server.services.gateways.broker_files import write_broker_files
from server.services.opening import ServerError, open_keystore
from server.services.work import SYSTEM, Transactions

HELP = say("Shut a stolen or broken gateway out.", "吊销被盗或损坏的网关。")


def revoke(
    gateway: Annotated[str, typer.Argument(help=say("Name of the gateway.", "网关名称。"))],
    config: ConfigFile,
    why: Annotated[str, typer.Option(help=say("Reason, for the trail.", "原因，记入审计。"))] = "",
) -> None:
    """It can connect no more, and nothing that it signs is taken."""
    settings = load(config)
    with one_line_errors():
        transactions = opened(settings)
        with transactions.work(SYSTEM) as work:
            gateways.revoke(work, gateway, why=why)
    typer.echo(say(f"{gateway} is shut out.", f"{gateway} 已吊销。"))
    typer.echo(_about_broker(settings, transactions), err=True)


def _about_broker(settings: ServerConfig, transactions: Transactions) -> str:
    """Its files are written here if that can be done; the running server does it within a minute."""
    folder = settings.broker.folder
    if folder is None:
        return say(
            "The server refuses it at once. Tell the broker too: onecard server broker-config, and SIGHUP.",
            "服务器已立即拒绝该网关。还需通知消息服务器：运行 onecard server broker-config 并发送 SIGHUP。",
        )
    try:
        keystore = open_keystore(settings, os.environ)
        write_broker_files(transactions, keystore, settings.broker, folder, settings.broker.gateways_host)
    except (ServerError, OSError):
        return say(
            "The server refuses it at once, and tells the broker within a minute.",
            "服务器已立即拒绝该网关，并会在一分钟内通知消息服务器。",
        )
    return say(
        "The server refuses it at once; the broker's files say so too, it needs SIGHUP if nothing watches them.",
        "服务器已立即拒绝该网关；消息服务器的文件已更新，如无程序监视请发送 SIGHUP。",
    )
