"""`onecard gateway enrol`: a box gets its place."""

from pathlib import Path
from typing import Annotated

import typer

from gateway import app
from gateway.config import GatewayConfig
from onecard.config_file import read_config
from onecard.language import say

HELP = say("Enrol this box with a one-time claim.", "用一次性登记码登记本网关。")


def enrol(
    config: Annotated[Path, typer.Option(help="TOML file.")],
    claim: Annotated[str, typer.Option(help="One-time claim from the server (24 h).")],
) -> None:
    """Make the box's keys, use the claim, and print the fingerprint to compare with the server's page."""
    done = app.enrol(read_config(config, GatewayConfig), claim)
    typer.echo(
        say(f"Enrolled as {done.gateway} in {done.community}.", f"已登记为 {done.gateway}（{done.community}）。")
    )
    typer.echo(say(f"Fingerprint: {done.fingerprint}", f"密钥指纹：{done.fingerprint}"))
