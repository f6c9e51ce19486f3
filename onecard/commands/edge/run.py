"""`onecard edge run`: the daemon at the points."""

from pathlib import Path
from typing import Annotated

import typer

from edge import app
from edge.config import EdgeConfig
from gateway.drivers.log_excerpt import FOLDER_NAME
from onecard.config_file import read_config
from onecard.language import say
from onecard.logs import keep_logs
from onecard.stopping import stop_on_signal

HELP = say("Serve the points until Ctrl-C or SIGTERM.", "运行各点位，直到 Ctrl-C 或 SIGTERM。")


def run(config: Annotated[Path, typer.Option(help="TOML file.")]) -> None:
    """Serve the points until Ctrl-C or SIGTERM."""
    settings = read_config(config, EdgeConfig)
    stop = stop_on_signal()
    keep_logs(settings.state_dir / FOLDER_NAME, "edge")
    app.run(settings, stop)
