"""`onecard bench journal`: appends per second beside bare SQLite."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from onecard.bench.journal import GROUP_GOAL, RATIO_GOAL, run
from onecard.commands.bench._common import JsonFile, keep, progress_ends, step
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say(
    "How many events a second become durable, alone and with company, beside bare SQLite.",
    "每秒可持久化的事件数：单独写入与并发写入，并与裸 SQLite 对照。",
)


def journal(
    json: JsonFile = None,
    events: Annotated[int, typer.Option(help="Events of one appender in a round.", min=50, max=100_000)] = 1000,
    appenders: Annotated[int, typer.Option(help="Appenders at the same time.", min=2, max=64)] = 8,
    folder: Annotated[Path | None, typer.Option(help="Where to write; default: a temporary folder.")] = None,
) -> None:
    """Measure and print two lines."""
    set_up_logs("bench", "error")
    with tempfile.TemporaryDirectory(prefix="onecard-bench-", dir=folder) as path:
        figures = run(Path(path), events, appenders, step)
    progress_ends()
    typer.echo(
        say(
            f"one appender: {figures['per_s']:.0f}/s, bare SQLite {figures['bare_per_s']:.0f}/s, "
            f"ratio {figures['ratio']} ({_met(figures['ratio'] >= RATIO_GOAL)})",
            f"单个写入者：每秒 {figures['per_s']:.0f}，裸 SQLite 每秒 {figures['bare_per_s']:.0f}，"
            f"比值 {figures['ratio']}（{_met(figures['ratio'] >= RATIO_GOAL)}）",
        )
    )
    typer.echo(
        say(
            f"{appenders} appenders: {figures['group_per_s']:.0f}/s, {figures['group_ratio']} times one "
            f"({_met(figures['group_ratio'] >= GROUP_GOAL)})",
            f"{appenders} 个写入者：每秒 {figures['group_per_s']:.0f}，为单个的 {figures['group_ratio']} 倍"
            f"（{_met(figures['group_ratio'] >= GROUP_GOAL)}）",
        )
    )
    keep(figures, json)


def _met(goal: bool) -> str:
    return say("goal met", "达标") if goal else say("goal missed", "未达标")
