"""`onecard reader rekey`: a new key under the old one."""

import typer

from card_protocol.errors import EquipmentFault
from edge import installer
from onecard.commands.reader._common import ConfigFile, Name, fail, store_of
from onecard.language import say
from onecard.troubles import told

HELP = say("Give a reader a new key (while `edge run` is stopped).", "更换读卡器密钥（请先停止 edge run）。")


def rekey(name: Name, config: ConfigFile) -> None:
    """Print a line. Exit 1 when the reader does not answer; `onecard reader test` then finds out which key it has."""
    try:
        installer.rekey(store_of(config), name)
    except EquipmentFault as fault:
        raise fail(told(fault)) from None
    typer.echo(say(f"{name} has a new key.", f"{name} 已更换密钥。"))
