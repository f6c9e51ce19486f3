"""`onecard bench door`: from the reader's event to the strike's command over OSDP, beside the bare line."""

from functools import partial
from typing import Annotated

import typer

from onecard.bench.door import run
from onecard.commands.bench._common import JsonFile, keep, progress_ends, step
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say(
    "How long a door takes over OSDP, from the reader's event to the strike, beside the bare line.",
    "OSDP 门点耗时：从读卡器事件到门锁命令，并与裸线路对照。",
)


def door(
    json: JsonFile = None,
    taps: Annotated[int, typer.Option(help="Taps.", min=5, max=900)] = 100,
) -> None:
    """Measure and print a line."""
    set_up_logs("bench", "error")
    report = run(taps, partial(step, "door"))
    progress_ends()
    found = report["door"]
    line = say(
        f"door: p50 {found['p50_ms']} ms, p99 {found['p99_ms']} ms; bare line: p50 {found['floor_p50_ms']} ms, "
        f"p99 {found['floor_p99_ms']} ms; added {found['added_p50_ms']} ms, ratio {found['ratio']}; "
        f"poll cycle p50 {found['poll_p50_ms']} ms, p99 {found['poll_p99_ms']} ms, {report['baud']} baud",
        f"门：中位 {found['p50_ms']} 毫秒，p99 {found['p99_ms']} 毫秒；裸线路：中位 {found['floor_p50_ms']} 毫秒，"
        f"p99 {found['floor_p99_ms']} 毫秒；增加 {found['added_p50_ms']} 毫秒，比值 {found['ratio']}；"
        f"轮询周期中位 {found['poll_p50_ms']} 毫秒，p99 {found['poll_p99_ms']} 毫秒，{report['baud']} 波特",
    )
    typer.echo(line)
    keep(report, json)
