"""`onecard card renew`: a fresh grant and the newest revocations for the card on the reader."""

import typer

from onecard.commands.card._common import WAIT_DEFAULT_S, AsJson, ConfigFile, ReaderSpec, WaitSeconds, emit, with_keys
from onecard.language import say
from onecard.local_desk import DESK
from server.services.desk.at_desk import DeskJob
from server.services.desk.renewing import renew_card

HELP = say("Renew the card on the reader.", "为读卡器上的卡片续期。")


def renew(config: ConfigFile, reader: ReaderSpec, wait: WaitSeconds = WAIT_DEFAULT_S, json: AsJson = False) -> None:
    """Renew one card; it may be taken away and put back."""
    request = DeskJob(desk=DESK, wait_ms=wait * 1000)
    card = with_keys(config, reader, as_json=json, job=lambda house, actor: renew_card(house, actor, request))
    if json:
        emit(card)
    else:
        typer.echo(say(f"Card {card.number} is renewed.", f"{card.number} 号卡已续期。"))
