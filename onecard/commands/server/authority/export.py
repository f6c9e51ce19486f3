"""`onecard server authority export`"""

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.keys import authorities

HELP = say("Print the certificates of the authorities (PEM), for desks.", "输出颁发机构证书（PEM），供发卡台使用。")


def export(config: ConfigFile) -> None:
    """The certificates alone, so that a script can take them; they are not secret."""
    settings = load(config)
    with one_line_errors(), opened(settings).read() as session:
        typer.echo(authorities.bundle(session), nl=False)
