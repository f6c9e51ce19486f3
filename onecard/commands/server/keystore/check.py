"""`onecard server keystore check`"""

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, passphrase_of
from onecard.language import say
from server.services.opening import open_keystore

HELP = say("Open the keystore and print its check value.", "打开密钥库并显示校验值。")


def check(config: ConfigFile) -> None:
    """Whether the passphrase still opens it, and whether it is the one that the papers name."""
    settings = load(config)
    with one_line_errors():
        keystore = open_keystore(settings, {settings.keystore.passphrase_env: passphrase_of(settings)})
    typer.echo(say("Check value: ", "校验值：") + keystore.check_value())
