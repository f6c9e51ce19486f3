"""`onecard demo`: the community of Shanxian on one machine."""

import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from onecard.demo.console import ConsoleError
from onecard.demo.options import Options, ReaderStack
from onecard.demo.programs import ProgramFailed, demand_free
from onecard.demo.report import Report
from onecard.free_ports import free_port
from onecard.language import say
from onecard.stopping import apart

HELP = say("Play a day of a community: six points, forty residents.", "演示社区的一天：六个点位，四十位居民。")

DEFAULT_PORT = 8080
FAILED = 1
MISUSED = 2
POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a service manager, a terminal that is closed."""


def demo(
    for_s: Annotated[
        int | None,
        typer.Option("--for", min=5, help=say("Seconds to play; else until Ctrl-C.", "演示秒数；默认到 Ctrl-C 为止。")),
    ] = None,
    outage: Annotated[
        int, typer.Option(min=0, help=say("Seconds without a broker in the middle.", "中途断开消息服务器的秒数。"))
    ] = 0,
    reader: Annotated[ReaderStack, typer.Option(help=say("nfc or pcsc.", "nfc 或 pcsc。"))] = ReaderStack.NFC,
    speed: Annotated[
        int | None, typer.Option(min=1, max=20_000, help=say("How many times faster than real time.", "时间加速倍数。"))
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help=say("Write the report (JSON) here.", "报告（JSON）文件。"))
    ] = None,
    seed: Annotated[
        int, typer.Option(help=say("The same seed plays the same day.", "随机种子，相同种子演示同一天。"))
    ] = 1,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help=say("Port of the console.", "控制台端口。"))
    ] = DEFAULT_PORT,
) -> None:
    """Set everything up, play, count; exit 1 when an event was lost or doubled."""
    options = Options(port, reader, for_s, outage, speed, seed, report)
    if for_s is not None and outage > for_s // 2:
        typer.echo(say("--outage must fit into half of --for.", "--outage 不得超过 --for 的一半。"), err=True)
        raise typer.Exit(MISUSED)
    if report is not None and (why := unwritable(report)):
        typer.echo(f"onecard demo: --report: {why}", err=True)
        raise typer.Exit(MISUSED)
    try:
        demand_free(port)
        result = _played(options)
    except (ProgramFailed, ConsoleError, OSError) as error:
        typer.echo(f"onecard demo: {error}", err=True)
        raise typer.Exit(FAILED) from error
    if result is None:
        return
    if report is not None:
        result.write(report)
    _tell_report(result)
    if result.lost or result.duplicated:
        raise typer.Exit(FAILED)


def unwritable(report: Path) -> str | None:
    """Why the file cannot be written, told before a day is played for it; None when it can."""
    if report.is_dir():
        return say(f"{report} is a folder", f"{report} 是文件夹")
    if not report.parent.is_dir():
        return say(f"there is no folder {report.parent}", f"文件夹 {report.parent} 不存在")
    if not os.access(report if report.exists() else report.parent, os.W_OK):
        return say(f"{report} cannot be written", f"{report} 无法写入")
    return None


def _played(options: Options) -> Report | None:
    """The run. None when it was interrupted before there was anything to count."""
    _on_signal(_interrupt)
    # Imported late: `onecard --help` must not wait for every library of the house.
    from onecard.demo.community import CARE, UNIT_DOOR
    from onecard.demo.folder import Folder, Places
    from onecard.demo.hall import open_hall
    from onecard.demo.play import Play
    from onecard.demo.stage import Stage, standing

    try:
        with tempfile.TemporaryDirectory(prefix="onecard-demo-") as path, open_hall(options.reader) as hall:
            screens, of_wood = {CARE.id: free_port()}, frozenset({UNIT_DOOR.id})
            folder = Folder(Path(path), Places(options.port, free_port(), hall, screens=screens, of_wood=of_wood))
            with standing(Stage(folder, _tell)) as stage:
                people = stage.set_up()
                stage.lay_past()
                play = Play(stage, people, options, _tell)
                day = stage.raise_curtain(options.pace)

                def end_early() -> None:
                    _on_signal(_interrupt)  # who insists does not wait for the count
                    apart(play.stop)

                _on_signal(end_early)
                _welcome(folder.console_url, stage.password, folder.screen_url(CARE.id))
                return play.run(day)
    except KeyboardInterrupt:
        return None


def _on_signal(act: Callable[[], None]) -> None:
    for number in POLITE:
        signal.signal(number, lambda *_: act())


def _interrupt() -> None:
    """Once: a second Ctrl-C must not disturb the clearing away."""
    for number in POLITE:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _tell(english: str, chinese: str) -> None:
    typer.echo(say(english, chinese))


def _welcome(url: str, password: str, screen: str) -> None:
    lines = (
        ("The console: ", "控制台：", url),
        ("User: ", "用户：", "admin"),
        ("One-time password: ", "一次性密码：", password),
        ("Screen of the care station: ", "照料中心的屏幕：", screen),
    )
    typer.echo("")
    for english, chinese, value in lines:
        typer.echo(f"  {say(english, chinese)}{value}")
    typer.echo(say("  Ctrl-C ends the demo.\n", "  按 Ctrl-C 结束演示。\n"))


def _tell_report(result: Report) -> None:
    from onecard.demo.script import PREPARED

    typer.echo("")
    for name, value in asdict(result).items():
        typer.echo(f"  {name}: {value}")
    typer.echo(f"\n  {say(*PREPARED)}")
