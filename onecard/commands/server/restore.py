"""`onecard server restore FILE`"""

import time
from pathlib import Path
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, passphrase_of
from onecard.commands.server.backup import told
from onecard.language import say
from onecard.local_time import written
from server.services.backup import restore as service
from server.services.opening import open_engine

HELP = say("Put a backup into an empty data base.", "把备份恢复到空数据库。")


def restore(
    file: Annotated[Path, typer.Argument(help=say("The backup.", "备份文件。"))],
    config: ConfigFile,
    check: Annotated[str | None, typer.Option(help=say("The check value on your papers.", "抄存的校验值。"))] = None,
) -> None:
    """All or nothing; a data base that holds anything, and another keystore, are left alone."""
    settings = load(config)
    with one_line_errors():
        passphrase = passphrase_of(settings)
        where = settings.keystore.path
        now_ms = time.time_ns() // 1_000_000
        engine = open_engine(settings)
        head = service.restore(file, engine, where, passphrase, settings.community, told, check, now_ms=now_ms)
    made = written(head.made_ms)
    typer.echo(
        say(
            f"Restored as of {made}: {head.rows} rows. Start the server: the gateways send again every event since, "
            "and the cards revoked since come back with them. What was entered at this server since (people, cards, "
            "rights, users) must be entered again; everybody signs in again.",
            f"已恢复到 {made}：{head.rows} 行。请启动服务器：此后的事件由各网关补传，此后注销的卡也随之恢复注销。"
            "此后在本服务器录入的内容（人员、卡、权限、用户）须重新录入；所有人须重新登录。",
        )
    )
