"""`onecard reader add`: a reader gets a name and a key of its own."""

import re
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from card_protocol.errors import EquipmentFault
from edge import installer
from edge.drivers.reader_store import KnownReader
from onecard.commands.reader._common import MISUSED, ConfigFile, Name, fail, store_of
from onecard.config_file import dotted, sentence_of
from onecard.language import say
from onecard.troubles import told

HELP = say(
    "Enrol a reader and give it a key of its own (while `edge run` is stopped).",
    "登记读卡器并更换为专用密钥（请先停止 edge run）。",
)
UNSET = "0" * 32


def add(
    name: Name,
    config: ConfigFile,
    port: Annotated[str, typer.Option(help=say("Serial port, /dev/ttyUSB0.", "串口，如 /dev/ttyUSB0。"))],
    address: Annotated[int, typer.Option(help=say("OSDP address.", "OSDP 地址。"), min=0, max=126)] = 0,
    baud: Annotated[int, typer.Option(help=say("Baud rate.", "波特率。"))] = 9600,
    key_file: Annotated[
        Path | None,
        typer.Option(help=say("File with the key that it has, 32 hex digits.", "现有密钥文件，32 位十六进制。")),
    ] = None,
) -> None:
    """Print a line. Exit 1 when the reader does not answer, 2 for names or keys that make no sense."""
    try:
        reader = KnownReader(name=name, port=port, baud=baud, address=address, key=UNSET)
        old_key = None if key_file is None else _read_key(key_file)
        installer.add(store_of(config), reader, old_key)
    except ValidationError as error:
        first = error.errors()[0]
        raise fail(": ".join(filter(None, (dotted(first["loc"]), sentence_of(first)))), MISUSED) from None
    except ValueError as error:
        raise fail(told(error), MISUSED) from None
    except EquipmentFault as fault:
        raise fail(told(fault)) from None
    typer.echo(say(f"{name} is enrolled and has a key of its own.", f"{name} 已登记，并使用专用密钥。"))
    typer.echo(say(f'In the file: reader = "osdp:{name}"', f'配置文件中写：reader = "osdp:{name}"'))


def _read_key(path: Path) -> bytes:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
    if not re.fullmatch(r"[0-9A-Fa-f]{32}", text):
        raise ValueError(f"{path}: a key has 32 hex digits")
    return bytes.fromhex(text)
