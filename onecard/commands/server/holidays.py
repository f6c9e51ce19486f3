"""`onecard server holidays YEAR`: take over a year's official holidays and make-up workdays."""

from pathlib import Path
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.access import holidays as calendar
from server.services.work import SYSTEM

HELP = say(
    "Take over a year's official holidays and make-up workdays; the community's own days stay.",
    "导入某年的法定节假日与调休；社区自己设置的日子保持不变。",
)


def holidays(
    year: Annotated[int, typer.Argument(help=say("The year.", "年份。"))],
    config: ConfigFile,
) -> None:
    """Print how the year stands then."""
    with one_line_errors(), opened(load(Path(config))).work(SYSTEM) as work:
        after = calendar.take_over(work, year)
    free, worked = (sum(day.startswith(f"{year}-") for day in days) for days in (after.holidays, after.workdays))
    typer.echo(
        say(f"{year}: {free} holidays, {worked} make-up workdays.", f"{year} 年：{free} 天放假，{worked} 天调休上班。")
    )
