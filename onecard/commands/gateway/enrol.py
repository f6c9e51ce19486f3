"""`onecard gateway enrol`: a box gets its place."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from card_protocol.wire.enrol import ClaimText
from gateway import app
from gateway.config import GatewayConfig
from gateway.ports.server import ServerRefused
from onecard.config_file import read_config
from onecard.language import say

HELP = say("Enrol this box with a one-time claim.", "用一次性登记码登记本网关。")

FAILED = 1
MISUSED = 2


def enrol(
    config: Annotated[Path, typer.Option(help="TOML file.")],
    claim: Annotated[str, typer.Option(help="One-time claim from the server (24 h).")],
) -> None:
    """Make the box's keys, use the claim, and print the fingerprint to compare with the server's page."""
    settings = read_config(config, GatewayConfig)
    try:
        TypeAdapter(ClaimText).validate_python(claim)
    except ValidationError:
        said = say(
            "--claim: that is no claim; copy it from the server's page or from `onecard server claim`, whole",
            "--claim：登记码格式不对；请从服务器页面或 onecard server claim 完整复制",
        )
        typer.echo(said, err=True)
        raise typer.Exit(MISUSED) from None
    try:
        done = app.enrol(settings, claim)
    except ServerRefused as error:
        typer.echo(f"onecard: {error}", err=True)
        raise typer.Exit(FAILED) from error
    typer.echo(
        say(f"Enrolled as {done.gateway} in {done.community}.", f"已登记为 {done.gateway}（{done.community}）。")
    )
    typer.echo(say(f"Fingerprint: {done.fingerprint}", f"密钥指纹：{done.fingerprint}"))
