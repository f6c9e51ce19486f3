"""`onecard server broker-config`"""

from pathlib import Path
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened, passphrase_of
from onecard.language import say
from server.services.gateways.broker_files import CONFIGURATION, write_broker_files
from server.services.keys import authorities
from server.services.opening import ServerError, open_keystore
from server.services.work import SYSTEM

HELP = say(
    "Write mosquitto's configuration, ACL, certificates and revocation lists.",
    "生成 mosquitto 的配置、访问控制、证书与吊销列表。",
)


def broker_config(
    config: ConfigFile,
    folder: Annotated[
        Path | None, typer.Option(help=say("Where to (else broker.folder).", "输出目录（默认 broker.folder）。"))
    ] = None,
) -> None:
    """Bring the broker's folder up to date and say what changed."""
    settings = load(config)
    where = folder or settings.broker.folder
    with one_line_errors():
        if where is None:
            raise ServerError(
                say("say where: --folder, or broker.folder in the file", "请用 --folder 或 broker.folder 指定目录")
            )
        keystore = open_keystore(settings, {settings.keystore.passphrase_env: passphrase_of(settings)})
        transactions = opened(settings)
        with transactions.work(SYSTEM) as work:
            authorities.first(work, keystore)
        try:
            where.mkdir(mode=0o750, parents=True, exist_ok=True)
            told = write_broker_files(transactions, keystore, settings.broker, where, settings.broker.gateways_host)
        except OSError as error:
            raise ServerError(f"{where}: {error.strerror}") from error
    for name in told.names:
        typer.echo(str(where / name))
    if not told.names:
        typer.echo(say("Nothing has changed.", "没有变化。"))
        return
    hint = say(
        f"mosquitto: include_dir {where.resolve()} or -c {where.resolve() / CONFIGURATION}; send it SIGHUP now.",
        f"mosquitto：include_dir {where.resolve()} 或 -c {where.resolve() / CONFIGURATION}；现在发送 SIGHUP 使其生效。",
    )
    typer.echo(hint, err=True)
