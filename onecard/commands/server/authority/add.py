"""`onecard server authority add`"""

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened, passphrase_of
from onecard.language import say
from server.services.keys import authorities
from server.services.opening import open_keystore
from server.services.work import SYSTEM

HELP = say("Make a new authority, trusted beside the others.", "新建一个证书颁发机构，与现有机构并行受信任。")


def add(config: ConfigFile) -> None:
    """Boxes hear of it within the hour; then it may issue: `onecard server authority use`."""
    settings = load(config)
    with one_line_errors():
        keystore = open_keystore(settings, {settings.keystore.passphrase_env: passphrase_of(settings)})
        with opened(settings).work(SYSTEM) as work:
            number = authorities.add(work, keystore)
    typer.echo(str(number))
    hint = say(
        "Every gateway that is online trusts it within an hour. Then: onecard server authority use",
        "在线网关将在一小时内信任它，然后运行：onecard server authority use",
    )
    typer.echo(hint, err=True)
