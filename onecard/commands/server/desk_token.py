"""`onecard server desk-token NAME`"""

from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.roles import Role
from server.services.users import tokens
from server.services.work import SYSTEM

HELP = say("Make the token of a card desk; an older one of that name ends.", "生成发卡台令牌，同名旧令牌随即失效。")


def desk_token(
    name: Annotated[str, typer.Argument(help=say("Name of the desk.", "发卡台名称。"))], config: ConfigFile
) -> None:
    """Print the token alone, so that a script can take it."""
    settings = load(config)
    with one_line_errors(), opened(settings).work(SYSTEM) as work:
        _, secret = tokens.add(work, name, Role.DESK)
    typer.echo(secret)
