"""`onecard gateway enrol`: a box gets its place."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from card_protocol.wire.enrol import ClaimText
from gateway import app
from gateway.config import GatewayConfig
from gateway.drivers.joining import JoiningEnded
from gateway.drivers.tls_files import TlsFiles
from gateway.ports.server import ServerRefused
from onecard.config_file import read_config
from onecard.gateway_problems import problem_words
from onecard.language import say
from onecard.stopping import stop_on_signal

HELP = say("Enrol this box with a one-time claim.", "用一次性接入码登记本网关。")

FAILED = 1
MISUSED = 2
STOPPED = 130


def enrol(
    config: Annotated[Path, typer.Option(help="TOML file.")],
    claim: Annotated[str, typer.Option(help="One-time claim from the server (24 h).")],
    fingerprint: Annotated[
        str | None, typer.Option(help="The server's fingerprint, as its page or `onecard server claim` shows it.")
    ] = None,
) -> None:
    """Make the box's keys, use the claim, and wait until an operator has confirmed the box's fingerprint."""
    settings = read_config(config, GatewayConfig)
    try:
        TypeAdapter(ClaimText).validate_python(claim)
    except ValidationError:
        said = say(
            "--claim: that is no claim; copy it from the server's page or from `onecard server claim`, whole",
            "--claim：接入码格式不对；请从服务器页面或 onecard server claim 完整复制",
        )
        typer.echo(said, err=True)
        raise typer.Exit(MISUSED) from None
    stop = stop_on_signal()
    try:
        done = app.enrol(settings, claim, fingerprint or _asked(settings.state_dir), _waiting, stop)
    except ServerRefused as error:
        typer.echo(f"onecard: {problem_words(str(error))}", err=True)
        raise typer.Exit(FAILED) from error
    except JoiningEnded as error:
        said = say("Stopped; the claim can be used again.", "已停止；接入码仍可继续使用。")
        typer.echo(said, err=True)
        raise typer.Exit(STOPPED) from error
    typer.echo(
        say(f"Enrolled as {done.gateway} in {done.community}.", f"已登记为 {done.gateway}（{done.community}）。")
    )


def _waiting(mark: str) -> None:
    typer.echo(say(f"Fingerprint of this box: {mark}", f"本网关指纹：{mark}"))
    typer.echo(
        say(
            "Compare and confirm it on the server's page of this gateway (or: onecard server confirm). Waiting …",
            "请在服务器的网关页面核对并确认（或运行 onecard server confirm）。等待中……",
        )
    )


def _asked(state_dir: Path) -> str | None:
    """Typed by the operator, from the server's page: typing is comparing. None when the box knows its server."""
    if TlsFiles(state_dir).authorities():
        return None
    if not sys.stdin.isatty():
        said = say(
            "--fingerprint: the server's fingerprint is needed (on its page, and from `onecard server claim`)",
            "--fingerprint：需要服务器指纹（见服务器页面或 onecard server claim 的输出）",
        )
        typer.echo(said, err=True)
        raise typer.Exit(MISUSED)
    typed: str = typer.prompt(say("Fingerprint of the server", "服务器指纹"))
    return typed
