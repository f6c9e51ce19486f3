"""`onecard bench tap`: a whole tap beside its floor."""

from typing import Annotated, Any

import typer

from onecard.bench.tap import run
from onecard.bench.tap_stage import Stack
from onecard.commands.bench._common import JsonFile, keep, progress_ends, step
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say(
    "How long a tap takes, from card present to unlock, beside its floor.",
    "刷卡耗时：从感应到卡片到开锁，并与下限对照。",
)
RATIO_GOAL = 1.5
TRIPS_GOAL = 4


def tap(
    json: JsonFile = None,
    taps: Annotated[int, typer.Option(help="Taps on each stack.", min=10, max=900)] = 100,
    stack: Annotated[list[Stack] | None, typer.Option(help="Only this stack.")] = None,
) -> None:
    """Measure and print a line per stack."""
    set_up_logs("bench", "error")
    report = run(taps, stack or list(Stack), step)
    progress_ends()
    for name, figures in report["stacks"].items():
        typer.echo(_line(name, figures))
    for name, why in report.get("absent", {}).items():
        typer.echo(say(f"{name}: not measured, {why}", f"{name}：未测量，{why}"))
    keep(report, json)


def _line(name: str, figures: dict[str, Any]) -> str:
    met = figures["ratio"] <= RATIO_GOAL and figures["round_trips_before_unlock"] <= TRIPS_GOAL
    goal = say("goal met", "达标") if met else say("goal missed", "未达标")
    return say(
        f"{name}: p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms, floor {figures['floor_p50_ms']} ms, "
        f"ratio {figures['ratio']} ({goal}), {figures['round_trips_before_unlock']} round trips, "
        f"{figures['bytes_on_air']} bytes and {figures['modelled_air_ms_106']} ms on air at 106 kbit/s (model)",
        f"{name}：中位 {figures['p50_ms']} 毫秒，p99 {figures['p99_ms']} 毫秒，下限 {figures['floor_p50_ms']} 毫秒，"
        f"比值 {figures['ratio']}（{goal}），{figures['round_trips_before_unlock']} 次往返，"
        f"空中 {figures['bytes_on_air']} 字节、106 kbit/s 下 {figures['modelled_air_ms_106']} 毫秒（模型）",
    )
