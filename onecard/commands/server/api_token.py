"""`onecard server api-token NAME`"""

from typing import Annotated

import typer

from card_protocol.words.moment import DAY_MS
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.roles import Permission, Role
from server.services.users import tokens
from server.services.work import SYSTEM

HELP = say("Make a token for a script that uses the API.", "为使用 API 的脚本生成令牌。")
UNIT_HELP = say("Its unit, 12 digits; the community itself where none is named.", "所属单位（12 位）；默认为本社区。")
SCOPE_HELP = say(
    "A right, such as cards.read; may be repeated. All that the role may where none is named.",
    "权限，例如 cards.read，可重复；不填即为该角色的全部权限。",
)
DAYS_HELP = say("How many days it lives; without an end where none is named.", "有效天数；不填即长期有效。")
REVOKE_HELP = say("End the token of this name instead.", "改为吊销该名称的令牌。")


def api_token(
    name: Annotated[str, typer.Argument(help=say("Name of the token.", "令牌名称。"))],
    config: ConfigFile,
    role: Annotated[Role, typer.Option(help=say("Whose rights it has.", "令牌的角色。"))] = Role.GUARD,
    unit: Annotated[str | None, typer.Option(help=UNIT_HELP)] = None,
    scope: Annotated[list[Permission], typer.Option(help=SCOPE_HELP)] = [],  # noqa: B006 - typer copies it
    days: Annotated[int | None, typer.Option(min=1, max=3650, help=DAYS_HELP)] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help=REVOKE_HELP)] = False,
) -> None:
    """Print the token alone, so that a script can take it."""
    settings = load(config)
    with one_line_errors(), opened(settings).work(SYSTEM) as work:
        if revoke:
            tokens.revoke(work, name)
            return
        expires_ms = None if days is None else work.real_ms + days * DAY_MS
        _, secret = tokens.add(work, name, role, org=unit, scopes=scope or None, expires_ms=expires_ms)
    typer.echo(secret)
