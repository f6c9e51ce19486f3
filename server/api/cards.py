"""/cards: their life. Issuing needs a desk and the card on its reader."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from card_protocol.policy.rules import CARD_MAX_LEVELS
from card_protocol.words.card import CardState
from card_protocol.words.ids import Slug, UlidText
from card_protocol.words.moment import WallMs
from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, Remark, TheHouse, actor_of
from server.api.preconditions import ToldHere, tag
from server.services.cards import cards, receipts
from server.services.cards.cards import CardView
from server.services.cards.receipts import Receipt
from server.services.desk.issuing import IssueIn, issue
from server.services.paging import Page
from server.services.problems import not_found
from server.services.roles import Permission, require
from server.services.work import Actor

router = APIRouter(prefix="/cards", tags=["cards"])

Reader = Annotated[Actor, Depends(Needs(Permission.CARDS_READ))]
Issuer = Annotated[Actor, Depends(Needs(Permission.CARDS_ISSUE))]
Anyone = Annotated[Actor, Depends(actor_of)]
Text = Annotated[str, Query(max_length=100, description="card number, UID, or part of the holder's name or house")]


class Step(StrEnum):
    """What can be done with a card that exists."""

    REVOKE = "revoke"
    SUSPEND = "suspend"
    LOSE = "lose"
    RESUME = "resume"
    RETURN = "return"
    RESTOCK = "restock"


STEPS: dict[Step, tuple[CardState, Permission]] = {
    Step.REVOKE: (CardState.REVOKED, Permission.CARDS_REVOKE),
    Step.SUSPEND: (CardState.SUSPENDED, Permission.CARDS_REVOKE),
    Step.LOSE: (CardState.LOST, Permission.CARDS_REVOKE),
    Step.RESUME: (CardState.ACTIVE, Permission.CARDS_ISSUE),
    Step.RETURN: (CardState.RETURNED, Permission.CARDS_ISSUE),
    Step.RESTOCK: (CardState.STOCK, Permission.CARDS_ISSUE),
}


class Why(BaseModel):
    """The reason that the audit trail keeps."""

    model_config = ConfigDict(extra="forbid")

    why: Remark = ""


class Rights(BaseModel):
    """What a card may open and until when."""

    model_config = ConfigDict(extra="forbid")

    levels: list[Slug] = Field(max_length=CARD_MAX_LEVELS)
    valid_to_ms: WallMs


@router.get("")
def listing(
    house: TheHouse,
    _actor: Reader,
    q: Text = "",
    state: CardState | None = None,
    holder_id: UlidText | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[CardView]:
    """Cards, newest number first."""
    with house.transactions.read() as session:
        return cards.listing(session, text=q, state=state, holder_id=holder_id, after=after, limit=limit)


@router.post("", status_code=201)
async def issue_card(house: TheHouse, actor: Issuer, request: IssueIn, response: Response) -> CardView:
    """Issue the card that is put on the desk's reader; answers when it is done."""
    view = await issue(house, actor, request)
    response.headers["Location"] = f"/api/v1/cards/{view.id}"
    return view


@router.get("/{card_id}")
def get(house: TheHouse, _actor: Reader, card_id: Id, response: Response) -> CardView:
    """One card."""
    with house.transactions.read() as session:
        return tag(response, cards.get(session, card_id))


@router.get("/{card_id}/receipt")
def receipt(house: TheHouse, _actor: Reader, card_id: Id) -> Receipt:
    """What each gateway has made of the card's revocation; 404 for a card that has none or works again."""
    with house.transactions.read() as session:
        found = receipts.of_card(session, card_id, house.transactions.clock())
    if found is None:
        raise not_found("receipt of card", card_id)
    return found


@router.put("/{card_id}/rights")
def set_rights(house: TheHouse, actor: Issuer, card_id: Id, rights: Rights, told: ToldHere) -> CardView:
    """Change what a card may open and until when."""
    with house.transactions.work(actor) as work:
        return told.change(
            work,
            f"card:{card_id}",
            lambda: cards.get(work.session, card_id),
            lambda: cards.set_rights(work, card_id, list(rights.levels), valid_to_ms=rights.valid_to_ms),
        )


@router.post("/{card_id}/{step}")
def take_step(house: TheHouse, actor: Anyone, card_id: Id, step: Step, why: Why | None = None) -> CardView:
    """One step of a card's life; 409 when it is not possible now."""
    state, permission = STEPS[step]
    require(actor, permission)
    with house.transactions.work(actor) as work:
        return cards.change_state(work, card_id, state, why=why.why if why else "")
