"""`onecard reader test`: does it answer, and how do its wires stand?"""

from typing import Annotated

import typer

from card_protocol.errors import EquipmentFault
from edge import installer
from onecard.commands.reader._common import ConfigFile, Name, fail, store_of
from onecard.language import say
from onecard.troubles import told

HELP = say(
    "Try a reader: it beeps and shines green (while `edge run` is stopped).",
    "测试读卡器：应蜂鸣并亮绿灯（请先停止 edge run）。",
)


def test(
    name: Name,
    config: ConfigFile,
    card: Annotated[
        int, typer.Option(help=say("Wait so many seconds for a card.", "等候刷卡的秒数。"), min=0, max=120)
    ] = 0,  # noqa: PT028
) -> None:
    """Print what it says. Exit 1 when it does not answer."""
    if card:
        typer.echo(say("Hold a card to the reader …", "请把卡贴在读卡器上……"))
    try:
        tried = installer.try_out(store_of(config), name, card * 1000)
    except EquipmentFault as fault:
        raise fail(told(fault)) from None
    serial = tried.identity.get("serial_number", 0)
    typer.echo(say(f"{name} answers; serial number {serial:08X}.", f"{name} 正常应答；序列号 {serial:08X}。"))
    wires = ", ".join(f"{number}: {_state(on)}" for number, on in enumerate(tried.inputs)) or "–"
    typer.echo(say(f"Inputs: {wires}", f"输入：{wires}"))
    if tried.tampered:
        typer.echo(say("Its housing is open.", "外壳未合上。"))
    if card:
        seen = tried.uid or say("none in time", "未读到")
        typer.echo(say(f"Card: {seen}", f"卡号：{seen}"))


def _state(on: bool) -> str:
    return say("active", "有效") if on else say("at rest", "静止")
