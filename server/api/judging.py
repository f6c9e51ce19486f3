"""/explain, /events/{id}/replay, /whatif: questions to the one decider."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from card_protocol.words.base import NUMBER_END
from card_protocol.words.ids import CardId, Slug
from card_protocol.words.moment import WallMs
from server.api.entry import Needs, TheHouse
from server.services import sight
from server.services.access.explanation import Explanation, explain
from server.services.access.replaying import Replayed, replay
from server.services.access.what_if import Change, Outcome, what_if
from server.services.events import events
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(tags=["judging"])

Reader = Annotated[Actor, Depends(Needs(Permission.EVENTS_READ))]
Admin = Annotated[Actor, Depends(Needs(Permission.ACCESS_WRITE))]


@router.get("/explain")
def why(
    house: TheHouse,
    _actor: Reader,
    card: CardId,
    point: Slug,
    at: Annotated[WallMs | None, Query(description="wall time [ms]; now when absent")] = None,
) -> Explanation:
    """Why a card may or may not pass a point at a moment: asked of the one decider."""
    with house.transactions.read() as session:
        at_ms = house.transactions.clock() if at is None else at
        return explain(session, house.community, card, point, at_ms)


@router.get("/events/{event_id}/replay")
def again(house: TheHouse, actor: Reader, event_id: Annotated[int, Path(ge=1, lt=NUMBER_END)]) -> Replayed:
    """Decide a past tap again from the policy of its day; it must agree."""
    with house.transactions.read() as session:
        if events.get(session, event_id, sight=sight.of(actor)).veiled:
            raise Problem(Code.FORBIDDEN, "Who it was is not for your role to see.")
        return replay(session, event_id)


@router.post("/whatif")
def changed(house: TheHouse, _actor: Admin, change: Change) -> Outcome:
    """Last month's taps by changed rules: which would have come out otherwise. Nothing is changed."""
    with house.transactions.read() as session:
        return what_if(session, house.community, change, house.transactions.clock())
