"""`onecard server recover NAME`"""

from typing import Annotated

import typer

from onecard.commands.card._common import operator
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened, passphrase_of
from onecard.language import say
from server.services.opening import open_keystore
from server.services.users import users
from server.services.users.passwords import Passwords

HELP = say(
    "A way back for an administrator who lost password and second factor.", "管理员丢失密码和第二验证方式时找回登录。"
)


def recover(
    name: Annotated[str, typer.Argument(help=say("The administrator's user name.", "管理员用户名。"))],
    config: ConfigFile,
    why: Annotated[str, typer.Option(help=say("Why; it stands on record.", "原因，将记入审计日志。"))],
) -> None:
    """Needs the keystore's passphrase; the second factor goes, all sessions end, the trail tells it."""
    settings = load(config)
    with one_line_errors():
        open_keystore(settings, {settings.keystore.passphrase_env: passphrase_of(settings)})
        with opened(settings).work(operator()) as work:
            password = users.recover(work, Passwords(), name, why)
    typer.echo(say(f"One-time password of {name}: {password}", f"{name} 的一次性密码：{password}"))
    typer.echo(
        say(
            "Sign in, choose a password, and set up a second factor again under My account.",
            "请登录、设置新密码，并在“我的账户”重新设置第二验证方式。",
        ),
        err=True,
    )
