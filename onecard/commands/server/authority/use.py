"""`onecard server authority use NUMBER`"""

from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.keys import authorities
from server.services.work import SYSTEM

HELP = say(
    "From now on this authority issues; gateways renew within the hour.", "改由该机构签发，网关将在一小时内换证。"
)


def use(number: Annotated[int, typer.Argument(help=say("Its number.", "编号。"))], config: ConfigFile) -> None:
    """The one before stays trusted until it is retired."""
    settings = load(config)
    with one_line_errors(), opened(settings).work(SYSTEM) as work:
        authorities.switch(work, number)
    typer.echo(say(f"Authority {number} issues.", f"由 {number} 号机构签发。"))
