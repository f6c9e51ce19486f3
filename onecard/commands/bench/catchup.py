"""`onecard bench catchup`: a backlog comes in, and alarms overtake it."""

from typing import Annotated

import typer

from onecard.bench.catchup import P99_GOAL_MS, RATIO_GOAL, run
from onecard.bench.services import DATABASES, ServiceMissing
from onecard.commands.bench._common import JsonFile, keep, progress, progress_ends
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say(
    "How fast a backlog comes in after an outage, and how late live alarms are meanwhile.",
    "断网恢复后积压事件的接收速度，以及期间实时告警的延迟。",
)


def catchup(
    json: JsonFile = None,
    events: Annotated[int, typer.Option(help="Events in the backlog.", min=1000, max=10_000_000)] = 1_000_000,
    database: Annotated[str, typer.Option(help="sqlite or postgresql.")] = "sqlite",
) -> None:
    """Measure and print two lines."""
    set_up_logs("bench", "error")
    if database not in DATABASES:
        raise typer.BadParameter(" / ".join(DATABASES), param_hint="--database")
    try:
        report = run(database, events, progress)
    except ServiceMissing as missing:
        typer.echo(f"onecard: {missing}", err=True)
        raise typer.Exit(1) from missing
    progress_ends()
    per_s, ratio, p99_ms = report["events_per_s"], report["ratio"], report["p99_ms"]
    typer.echo(
        say(
            f"{per_s:.0f}/s, {ratio} of ingest (goal {RATIO_GOAL})",
            f"每秒 {per_s:.0f}，为实时接收的 {ratio}（目标 {RATIO_GOAL}）",
        )
    )
    told, alarms = report["alarms_told"], report["alarms"]
    typer.echo(
        say(
            f"{told} of {alarms} alarms told meanwhile, p99 {p99_ms:.0f} ms (goal {P99_GOAL_MS} ms)",
            f"期间告警 {told}/{alarms} 条，p99 {p99_ms:.0f} 毫秒（目标 {P99_GOAL_MS} 毫秒）",
        )
    )
    keep(report, json)
