"""`onecard card recycle`: the card on the reader becomes blank stock."""

from typing import Annotated

import typer

from onecard.commands.card._common import WAIT_DEFAULT_S, AsJson, ConfigFile, ReaderSpec, WaitSeconds, emit, with_keys
from onecard.language import say
from onecard.local_desk import DESK
from server.services.desk.at_desk import DeskJob
from server.services.desk.recycling import recycle_card

HELP = say(
    "Make the card on the reader blank stock again: everything on it is lost.",
    "将读卡器上的卡片恢复为空白卡（卡内数据全部清除）。",
)


def recycle(
    config: ConfigFile,
    reader: ReaderSpec,
    wait: WaitSeconds = WAIT_DEFAULT_S,
    yes: Annotated[bool, typer.Option("--yes", help=say("Do not ask.", "不再询问。"))] = False,
    json: AsJson = False,
) -> None:
    """Make one card blank; it may be taken away and put back."""
    if not yes:
        question = say("Everything on the card will be lost. Go on?", "卡内数据将全部清除，是否继续？")
        typer.confirm(question, abort=True, err=True)
    request = DeskJob(desk=DESK, wait_ms=wait * 1000)
    done = with_keys(config, reader, as_json=json, job=lambda house, actor: recycle_card(house, actor, request))
    if json:
        emit(done)
    elif done.was_blank:
        typer.echo(say("The card was blank already.", "该卡原本就是空白卡。"))
    elif done.card is None:
        typer.echo(say("The card is blank; it was not in the data base.", "卡片已清空；数据库中没有该卡。"))
    else:
        number = done.card.number
        typer.echo(say(f"Card {number} is blank stock again.", f"{number} 号卡已恢复为空白卡。"))
