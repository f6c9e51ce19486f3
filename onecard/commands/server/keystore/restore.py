"""`onecard server keystore restore FILE`"""

from pathlib import Path
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, passphrase_of
from onecard.language import say
from server.services.keys import keystore_backup

HELP = say("Put a backup in the place of a lost keystore.", "用备份恢复丢失的密钥库。")


def restore(
    file: Annotated[Path, typer.Argument(help=say("The backup.", "备份文件。"))],
    config: ConfigFile,
    check: Annotated[str | None, typer.Option(help=say("The check value on your papers.", "抄存的校验值。"))] = None,
) -> None:
    """Nothing is overwritten; a backup that is not the right one is refused before anything is written."""
    settings = load(config)
    with one_line_errors():
        where = settings.keystore.path
        value = keystore_backup.restore(file, where, passphrase_of(settings), settings.community, check)
    typer.echo(say(f"Keystore restored. Check value: {value}", f"密钥库已恢复。校验值：{value}"))
