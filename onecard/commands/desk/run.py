"""`onecard desk run`: relays between the card on the desk's reader and the server, and shows what the server says."""

from pathlib import Path
from typing import Annotated

import typer

from card_protocol.wire.desk import Show
from edge.config import DeskConfig
from edge.desk import run_desk
from onecard.config_file import read_config
from onecard.language import say
from onecard.stopping import stop_on_signal

HELP = say("Serve this desk until Ctrl-C or SIGTERM.", "运行服务台代理，直到 Ctrl-C 或 SIGTERM。")


class Terminal:
    """The server's sentences on standard output, with a mark that does not need colour."""

    def show(self, message: Show) -> None:
        """One line."""
        typer.echo(f"{'✓' if message.good else '✗'} {say(message.en, message.zh)}")


def run(config: Annotated[Path, typer.Option(help="TOML file.")]) -> None:
    """Serve this desk until Ctrl-C or SIGTERM."""
    settings = read_config(config, DeskConfig)
    stop = stop_on_signal()
    run_desk(settings, Terminal(), stop)
