"""What the reader commands share."""

import re
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from card_protocol.errors import EquipmentFault
from edge.config import BenchConfig
from edge.drivers.reader_store import ReaderStore
from onecard.config_file import read_config
from onecard.language import say
from onecard.logs import set_up_logs

FAILED = 1
MISUSED = 2

ConfigFile: TypeAlias = Annotated[
    Path, typer.Option("--config", help=say("The edge's TOML file.", "点位配置文件（TOML）。"))
]
Name: TypeAlias = Annotated[str, typer.Argument(help=say("The reader's name at this box.", "读卡器在本网关的名称。"))]

_IN_CHINESE: Final = (
    (
        r"no reader answers at address (\d+) on (.+), or not to this key",
        r"\2 上地址 \1 没有读卡器应答，或密钥不符：检查接线、地址、波特率",
    ),
    (r"no reader is called '(.+)' \(there are: (.+)\); see: (.+)", r"没有名为 \1 的读卡器（已有：\2），见：\3"),
    (r"the reader (.+) did not take the new key", r"读卡器 \1 未接受新密钥"),
    (r"the reader (.+) answers neither to its old key nor to its new one", r"读卡器 \1 对新旧密钥均无应答"),
    (r"a reader is already called (.+)", r"已有名为 \1 的读卡器"),
    (r"(.+) is damaged: .+", r"文件 \1 已损坏"),
)
"""What the edge says to an installer; its own sentences are for logs as well and know one language."""


def store_of(config: Path) -> ReaderStore:
    """The readers of the box that the file describes."""
    # A line that comes and goes while a key is changed is no news to who changes it.
    set_up_logs("reader", "error")
    return ReaderStore(read_config(config, BenchConfig).state_dir)


def told(fault: EquipmentFault | ValueError) -> str:
    """What went wrong, for the person who stands there; as the device said it where nobody has translated it."""
    text = str(fault)
    for pattern, chinese in _IN_CHINESE:
        if (found := re.fullmatch(pattern, text)) is not None:
            return say(text, found.expand(chinese))
    return text


def fail(message: str, code: int = FAILED) -> typer.Exit:
    """Say why, and end."""
    typer.echo(message, err=True)
    return typer.Exit(code)
