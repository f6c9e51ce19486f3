"""`onecard server backup FILE`"""

from pathlib import Path
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened, passphrase_of
from onecard.language import say
from server.services.backup import backup as service

HELP = say("Write the whole server into one file, while it runs.", "在运行中把整个服务器备份到一个文件。")


def backup(
    file: Annotated[Path, typer.Argument(help=say("Where the backup goes; must not exist.", "备份文件，不得已存在。"))],
    config: ConfigFile,
) -> None:
    """Data base and keystore of one moment. The file holds names and whereabouts: keep it as you keep the server."""
    settings = load(config)
    with one_line_errors():
        passphrase = passphrase_of(settings)
        head = service.make(opened(settings), settings.keystore.path, passphrase, file, told)
    size = file.stat().st_size / 1_000_000
    typer.echo(
        say(
            f"Backup written: {head.rows} rows in {len(head.tables)} tables, {size:.1f} MB. "
            f"Check value of the keystore: {head.keystore_check}",
            f"备份完成：{len(head.tables)} 张表，{head.rows} 行，{size:.1f} MB。密钥库校验值：{head.keystore_check}",
        )
    )


def told(table: str, rows: int) -> None:
    """Progress for the person who waits."""
    typer.echo(f"  {table}: {rows}", err=True)
