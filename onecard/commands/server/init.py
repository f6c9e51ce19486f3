"""`onecard server init`: data base, community, keystore, first admin. Running it again is harmless."""

import secrets

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened, passphrase_of
from onecard.language import say
from server.config import ServerConfig
from server.services.keys import authorities
from server.services.keys.keystore import Keystore, KeystoreError, from_secrets, new_secrets
from server.services.keys.keystore_file import write
from server.services.opening import ServerError, open_keystore
from server.services.setup import first_run
from server.services.users.passwords import Passwords
from server.services.work import SYSTEM

HELP = say("Set up data base, keys and the first admin.", "建立数据库、密钥和第一个管理员。")


def init(config: ConfigFile) -> None:
    """Make what is missing; print the first admin's one-time password."""
    settings = load(config)
    with one_line_errors():
        keystore, fresh = _keystore(settings)
        transactions = opened(settings)
        made = first_run(transactions, Passwords(), settings.community, settings.community_name)
        with transactions.work(SYSTEM) as work:
            authorities.first(work, keystore)
    if fresh:
        typer.echo(
            say("Keystore made. Check value for your papers: ", "密钥库已建立，请抄存校验值：") + keystore.check_value()
        )
    if made.password is None:
        typer.echo(say("There are users already; nothing was changed.", "已有用户，未作更改。"))
    else:
        typer.echo(say(f"User: {made.admin}", f"用户：{made.admin}"))
        typer.echo(say(f"One-time password: {made.password}", f"一次性密码：{made.password}"))


def _keystore(settings: ServerConfig) -> tuple[Keystore, bool]:
    passphrase = passphrase_of(settings)
    if settings.keystore.path.exists():
        return open_keystore(settings, {settings.keystore.passphrase_env: passphrase}), False
    made = new_secrets(settings.community, secrets.token_bytes)
    try:
        write(settings.keystore.path, made, passphrase, secrets.token_bytes)
    except KeystoreError as error:
        raise ServerError(str(error), error.zh) from error
    return from_secrets(made), True
