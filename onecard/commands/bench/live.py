"""`onecard bench live`: how fast taps are on many screens, beside a bare server."""

from typing import Annotated

import typer

from onecard.bench.live import CORES_GOAL, P99_GOAL_MS, PER_S, SECONDS, SUBSCRIBERS, run
from onecard.commands.bench._common import JsonFile, keep, progress, progress_ends
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say("How fast taps are on many open screens.", "刷卡事件到达大量已打开页面的速度。")
COLUMNS = (
    "subscribers",
    "delivered_ratio",
    "p50_ms",
    "p99_ms",
    "cpu_cores",
    "bare_delivered_ratio",
    "bare_p99_ms",
    "bare_cpu_cores",
)


def live(
    json: JsonFile = None,
    subscribers: Annotated[
        list[int] | None, typer.Option(help="Open streams; may be repeated.", min=1, max=2000)
    ] = None,
    per_second: Annotated[float, typer.Option(help="Taps a second.", min=1, max=200)] = PER_S,
    seconds: Annotated[int, typer.Option(help="How long each is measured.", min=1, max=600)] = SECONDS,
) -> None:
    """Measure and print a row for each number of subscribers."""
    set_up_logs("bench", "error")
    report = run(subscribers or SUBSCRIBERS, per_second, seconds, progress)
    progress_ends()
    for cells in (COLUMNS, ("---",) * len(COLUMNS), *([row[name] for name in COLUMNS] for row in report["live"])):
        typer.echo("| " + " | ".join(map(str, cells)) + " |")
    told = say("goal met", "达标") if report["goal_met"] else say("goal missed", "未达标")
    typer.echo(
        say(
            f"All delivered, p99 below {P99_GOAL_MS:.0f} ms on at most {CORES_GOAL:.0f} core at the largest: {told}.",
            f"最大规模下全部送达、p99 低于 {P99_GOAL_MS:.0f} 毫秒、最多占用 {CORES_GOAL:.0f} 个核：{told}。",
        )
    )
    keep(report, json)
