"""`onecard bench revoke`: how long a revocation takes to a thousand gateways and back."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from onecard.bench.revoke import GOAL_S, run
from onecard.commands.bench._common import JsonFile, keep, progress_ends, step
from onecard.language import say
from onecard.logs import set_up_logs

HELP = say(
    "How long a revocation takes to every gateway and back, over a real broker, beside a bare fan-out.",
    "吊销经真实消息服务器到达所有网关并确认的时间，并与裸转发对照。",
)
FAILED = 1
SBIN = "/usr/sbin/mosquitto"


def revoke(
    json: JsonFile = None,
    gateways: Annotated[int, typer.Option(help="Gateways with a connection each.", min=1, max=5000)] = 1000,
    rounds: Annotated[int, typer.Option(help="Revocations, one after the other.", min=1, max=100)] = 5,
) -> None:
    """Measure and print three lines."""
    set_up_logs("bench", "error")
    mosquitto = shutil.which("mosquitto") or (SBIN if Path(SBIN).exists() else None)
    if mosquitto is None:
        typer.echo(say("onecard: install mosquitto first", "onecard：请先安装 mosquitto"), err=True)
        raise typer.Exit(FAILED)
    try:
        with tempfile.TemporaryDirectory(prefix="onecard-bench-") as path:
            figures = run(Path(path), gateways, rounds, step, mosquitto)
    except (OSError, TimeoutError) as error:
        typer.echo(f"onecard: {error}", err=True)
        raise typer.Exit(FAILED) from error
    progress_ends()
    met = say("goal met", "达标") if figures["met"] else say("goal missed", "未达标")
    typer.echo(
        say(
            f"applied by {gateways} gateways: p50 {figures['p50_s']} s, p99 {figures['p99_s']} s, "
            f"goal {GOAL_S:g} s ({met})",
            f"{gateways} 个网关确认执行：p50 {figures['p50_s']} 秒，p99 {figures['p99_s']} 秒，"
            f"目标 {GOAL_S:g} 秒（{met}）",
        )
    )
    typer.echo(
        say(
            f"bare fan-out and echo: p50 {figures['bare_p50_s']} s, p99 {figures['bare_p99_s']} s, "
            f"ratio {figures['ratio']}",
            f"裸转发与回声：p50 {figures['bare_p50_s']} 秒，p99 {figures['bare_p99_s']} 秒，比值 {figures['ratio']}",
        )
    )
    server, broker, boxes = (figures[f"{name}_cpu_s"] for name in ("server", "broker", "gateways"))
    typer.echo(
        say(
            f"processor seconds of a round: server {server}, broker {broker}, all gateways {boxes}",
            f"每轮处理器秒数：服务器 {server}，消息服务器 {broker}，全部网关 {boxes}",
        )
    )
    keep(figures, json)
