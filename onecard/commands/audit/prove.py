"""`onecard audit prove EVENT`: that an event belongs to its day, for `onecard/verify_proof.py` to check."""

import json
from datetime import date
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.events.day_root import Inclusion, is_over
from server.services.events.day_root import prove as prove_event

HELP = say(
    "Print the proof that an event belongs to its day (JSON), for the stand-alone verifier.",
    "输出事件属于当日的证明（JSON），供独立校验程序使用。",
)


def prove(
    event: Annotated[int, typer.Argument(min=1, help=say("The event's number.", "事件编号。"))], config: ConfigFile
) -> None:
    """The proof shows this event and no other."""
    with one_line_errors():
        transactions = opened(load(config))
        with transactions.snapshot() as session:
            found = prove_event(session, event)
    warn_of_today(found.day, transactions.clock())
    typer.echo(json.dumps(_plain(found), indent=1, ensure_ascii=False))


def warn_of_today(day: date, now_ms: int) -> None:
    """A root that was taken a minute earlier or later would look like forgery."""
    if not is_over(day, now_ms):
        en = f"{day} is not over: its root still changes, and so does the proof. Ask for both when it is."
        typer.echo(say(en, f"{day} 尚未结束：根与证明都还会变化，请次日再取。"), err=True)


def _plain(found: Inclusion) -> dict[str, object]:
    row = found.event
    return {
        "day": found.day.isoformat(),
        "gateway": row.gateway_id,
        "epoch": row.epoch,
        "seq": row.seq,
        "body": bytes(row.body).decode(),
        "previous": found.previous.hex(),
        "path": [{"sibling": step.sibling.hex(), "side": "left" if step.left else "right"} for step in found.path],
    }
