"""`onecard reader list`: which readers were enrolled at this box."""

import json as json_format
from typing import Annotated

import typer

from card_protocol.errors import EquipmentFault
from onecard.commands.reader._common import ConfigFile, fail, store_of
from onecard.language import say
from onecard.troubles import told

HELP = say("The readers that were enrolled at this box.", "列出本网关登记的读卡器。")


def list_(
    config: ConfigFile, json: Annotated[bool, typer.Option("--json", help=say("For scripts.", "供脚本使用。"))] = False
) -> None:
    """Print a line for each; never a key."""
    try:
        readers = store_of(config).all()
    except EquipmentFault as fault:
        raise fail(told(fault)) from None
    if json:
        rows = [{"name": r.name, "port": r.port, "baud": r.baud, "address": r.address} for r in readers]
        typer.echo(json_format.dumps(rows, indent=2))
        return
    for reader in readers:
        unsettled = say("  new key not confirmed", "  新密钥未确认") if reader.next_key else ""
        typer.echo(f"{reader.name}  {reader.port} {reader.baud}  {reader.address}{unsettled}")
    if not readers:
        typer.echo(say("None. See: onecard reader add", "没有。请用：onecard reader add"))
