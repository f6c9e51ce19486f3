"""`onecard server authority list`"""

from datetime import datetime

import typer

from card_protocol.words.moment import LOCAL_TIME
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from server.services.keys import authorities

HELP = say(
    "All authorities: fingerprint, state, and how many gateways need them.", "列出证书颁发机构：指纹、状态、使用数量。"
)


def list_(config: ConfigFile) -> None:
    """One line for each."""
    settings = load(config)
    with one_line_errors(), opened(settings).read() as session:
        found = authorities.listing(session)
    for one in found:
        state = say("issues", "签发中") if one.issues else say("trusted", "受信任")
        if one.retired_ms is not None:
            state = say("retired", "已停用")
        made, until = (
            datetime.fromtimestamp(ms / 1000, LOCAL_TIME).date().isoformat() for ms in (one.made_ms, one.until_ms)
        )
        life = say(f"{made} to {until}", f"{made} 至 {until}")
        gateways = say(f"{one.gateways} gateways", f"{one.gateways} 个网关")
        typer.echo(f"{one.number}  {one.mark}  {state}  {life}  {gateways}")
