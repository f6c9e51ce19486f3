"""`onecard server keystore backup FILE`"""

from pathlib import Path
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, passphrase_of
from onecard.language import say
from server.services.keys.keystore_backup import back_up

HELP = say("Copy the keystore, open the copy, print its check value.", "备份密钥库，打开备份核对，并显示校验值。")


def backup(
    file: Annotated[Path, typer.Argument(help=say("Where the copy goes; must not exist.", "备份文件，不得已存在。"))],
    config: ConfigFile,
) -> None:
    """The copy is as secret as the passphrase is good: keep both apart."""
    settings = load(config)
    with one_line_errors():
        value = back_up(settings.keystore.path, file, passphrase_of(settings))
    typer.echo(
        say(
            f"Backup written and opened. Check value for your papers: {value}",
            f"备份完成并已核对，请抄存校验值：{value}",
        )
    )
