"""`onecard bench ingest`: from the journal to acknowledged rows, beside a bare subscriber."""

from typing import Annotated, Any

import typer

from onecard.bench.ingest import RATIO_GOAL, run
from onecard.bench.services import DATABASES, ServiceMissing
from onecard.commands.bench._common import JsonFile, keep, progress, progress_ends
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say(
    "How many events a second come in, from journal to acknowledged rows, beside a bare subscriber.",
    "每秒接收的事件数：从网关日志到已提交并确认的记录，与裸订阅程序对照。",
)


def ingest(
    json: JsonFile = None,
    events: Annotated[int, typer.Option(help="Events a round.", min=500, max=10_000_000)] = 20_000,
    database: Annotated[list[str] | None, typer.Option(help="sqlite or postgresql; default: both.")] = None,
) -> None:
    """Measure and print a line for each data base."""
    set_up_logs("bench", "error")
    if unknown := set(database or ()) - DATABASES.keys():
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: {' / '.join(DATABASES)}", param_hint="--database")
    try:
        report = run(database or list(DATABASES), events, progress)
    except ServiceMissing as missing:
        typer.echo(f"onecard: {missing}", err=True)
        raise typer.Exit(1) from missing
    progress_ends()
    for name, figures in report["ingest"].items():
        typer.echo(f"{name}: {_line(figures)}")
    keep(report, json)


def _line(figures: dict[str, Any]) -> str:
    met = say("goal met", "达标") if figures["ratio"] >= RATIO_GOAL else say("goal missed", "未达标")
    per_s, bare, ratio = figures["events_per_s"], figures["bare_events_per_s"], figures["ratio"]
    return say(
        f"{per_s:.0f}/s, bare subscriber {bare:.0f}/s, ratio {ratio} ({met})",
        f"每秒 {per_s:.0f}，裸订阅程序每秒 {bare:.0f}，比值 {ratio}（{met}）",
    )
