"""`onecard gateway run`: the daemon."""

from pathlib import Path
from typing import Annotated

import typer

from gateway import app
from gateway.config import GatewayConfig
from gateway.drivers.log_excerpt import FOLDER_NAME
from onecard.config_file import read_config
from onecard.language import say
from onecard.logs import keep_logs
from onecard.stopping import stop_on_signal

HELP = say("Run the gateway until Ctrl-C or SIGTERM.", "运行网关，直到 Ctrl-C 或 SIGTERM。")


def run(config: Annotated[Path, typer.Option(help="TOML file.")]) -> None:
    """Run the gateway until Ctrl-C or SIGTERM."""
    stop = stop_on_signal()
    settings = read_config(config, GatewayConfig)
    keep_logs(settings.state_dir / FOLDER_NAME, "gateway")
    app.run(settings, stop)
