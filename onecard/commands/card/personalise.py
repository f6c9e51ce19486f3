"""`onecard card personalise`: a blank card becomes somebody's."""

from typing import Annotated

import typer
from pydantic import ValidationError

from card_protocol.words.moment import DAY_MS
from onecard.commands.card._common import WAIT_DEFAULT_S, AsJson, ConfigFile, ReaderSpec, WaitSeconds, emit, with_keys
from onecard.language import say
from onecard.local_desk import DESK
from server.services.cards.cards import CardView
from server.services.desk.issuing import IssueIn, issue
from server.services.house import House
from server.services.problems import Code, Problem
from server.services.work import Actor

HELP = say("Issue the blank card on the reader to somebody.", "将读卡器上的空白卡发放给某人。")
DAYS_DEFAULT = 365
DAYS_MAX = 3650


def personalise(
    config: ConfigFile,
    reader: ReaderSpec,
    holder: Annotated[str, typer.Option(help=say("Id of the holder.", "持卡人编号。"))],
    level: Annotated[list[str], typer.Option(help=say("Access level; may be repeated.", "通行级别，可重复。"))],
    days: Annotated[
        int, typer.Option(help=say("How long the card is valid.", "有效天数。"), min=1, max=DAYS_MAX)
    ] = DAYS_DEFAULT,
    wait: WaitSeconds = WAIT_DEFAULT_S,
    json: AsJson = False,
) -> None:
    """Issue one card; it may be taken away and put back."""

    async def job(house: House, actor: Actor) -> CardView:
        fields = {"desk": DESK, "wait_ms": wait * 1000, "holder_id": holder, "levels": level}
        fields["valid_to_ms"] = house.transactions.clock() + days * DAY_MS
        try:
            request = IssueIn.model_validate(fields)
        except ValidationError as error:
            wrong = ", ".join(str(found["loc"][0]) for found in error.errors())
            raise Problem(Code.INVALID, f"({wrong})") from None
        return await issue(house, actor, request)

    card = with_keys(config, reader, as_json=json, job=job)
    if json:
        emit(card)
    else:
        typer.echo(
            say(
                f"Card {card.number} is issued to {card.holder_name}.",
                f"{card.number} 号卡已发放给{card.holder_name}。",
            )
        )
