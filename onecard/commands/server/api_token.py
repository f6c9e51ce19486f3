"""`onecard server api-token NAME`"""

from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.roles import Role
from server.services.users import tokens
from server.services.work import SYSTEM

HELP = say("Make a token for a script that uses the API.", "为使用 API 的脚本生成令牌。")


def api_token(
    name: Annotated[str, typer.Argument(help=say("Name of the token.", "令牌名称。"))],
    config: ConfigFile,
    role: Annotated[Role, typer.Option(help=say("admin or guard.", "admin 或 guard。"))] = Role.GUARD,
) -> None:
    """Print the token alone, so that a script can take it."""
    settings = load(config)
    with one_line_errors(), opened(settings).work(SYSTEM) as work:
        _, secret = tokens.add(work, name, role)
    typer.echo(secret)
