"""`onecard audit root [DAY]`: the one hash of a day, for a third party to keep."""

from datetime import datetime
from typing import Annotated

import typer

from card_protocol.words.moment import local_day_and_minute
from onecard.commands.audit.prove import warn_of_today
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.events.day_root import root_of_day

HELP = say("Print the Merkle root of a day; give it to somebody who keeps it.", "输出某日的默克尔根，交由第三方保存。")
Day = Annotated[
    datetime | None,
    typer.Argument(formats=["%Y-%m-%d"], help=say("The day; yesterday when absent.", "日期，缺省为昨天。")),
]
DAY_MS = 86_400_000


def root(config: ConfigFile, day: Day = None) -> None:
    """Yesterday is the newest day that cannot change any more."""
    with one_line_errors():
        transactions = opened(load(config))
        wanted = day.date() if day is not None else local_day_and_minute(transactions.clock() - DAY_MS)[0]
        with transactions.snapshot() as session:
            found = root_of_day(session, wanted)
    warn_of_today(wanted, transactions.clock())
    over = say(f"{found.events} events, {found.journals} journals", f"{found.events} 条事件，{found.journals} 份日志")
    typer.echo(f"{found.day.isoformat()} {found.root.hex()} ({over})")
