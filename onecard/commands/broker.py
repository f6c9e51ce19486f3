"""`onecard broker`: the embedded broker, for the demo and for trying things out on one machine."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from onecard.broker import serve


def broker(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 18830,
    folder: Annotated[
        Path | None, typer.Option(help="TLS with the files of `onecard server broker-config`; without it plain MQTT.")
    ] = None,
) -> None:
    """Run the embedded MQTT broker on loopback until Ctrl-C."""
    try:
        asyncio.run(serve(port, folder))
    except OSError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
