"""Recycling the card on a desk's reader: blank stock again, ready for somebody else.

The card is made blank first, for only a card of ours can be: a copy of its number changes nothing here. Then the data
base follows it back to stock; a card that opened doors becomes a revocation on the way, so that no door waits for it.
"""

import asyncio

from pydantic import BaseModel

from card_protocol.profiles.recycle import recycle
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.words.card import CardState
from server.services import audit
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.desk import at_desk
from server.services.desk.at_desk import DeskJob
from server.services.house import House
from server.services.work import Actor

WAY_TO_STOCK: dict[CardState, tuple[CardState, ...]] = {
    CardState.STOCK: (),
    CardState.ISSUED: (CardState.STOCK,),
    CardState.ACTIVE: (CardState.RETURNED, CardState.STOCK),
    CardState.SUSPENDED: (CardState.RETURNED, CardState.STOCK),
    CardState.LOST: (CardState.REVOKED, CardState.RETURNED, CardState.STOCK),
    CardState.REVOKED: (CardState.RETURNED, CardState.STOCK),
    CardState.RETURNED: (CardState.STOCK,),
}
"""The steps of `card_protocol.words.card.TRANSITIONS` from each state."""


class Recycled(BaseModel):
    """A card that is blank. `card` is None for one that the data base did not know."""

    uid: str
    was_blank: bool
    card: CardView | None


async def recycle_card(house: House, actor: Actor, request: DeskJob) -> Recycled:
    """Make the card that is put on the desk's reader stock.

    Problem: DESK_AWAY, DESK_BUSY, NO_CARD, CARD_UNKNOWN, CARD_AWAY, CARD_FAULT.
    """
    async with at_desk.claimed(house, request.desk) as desk:
        uid = await at_desk.any_card(desk, request.wait_ms)
        keys, random = at_desk.issuer_keys_of(house), house.transactions.entropy
        outcome = await at_desk.converse_with(
            desk, uid, request.wait_ms, lambda: recycle(bytes.fromhex(uid), keys, random)
        )
        if isinstance(outcome, CardRefusal):
            raise at_desk.problem_of(outcome)
        view = await asyncio.to_thread(_record, house, actor, uid)
        await desk.show(en="The card is blank stock again.", zh="卡片已恢复为空白卡。", good=True)
        return Recycled(uid=uid, was_blank=outcome.already, card=view)


def _record(house: House, actor: Actor, uid: str) -> CardView | None:
    with house.transactions.work(actor) as work:
        row = cards.of_uid(work.session, uid)
        if row is None:
            audit.record(work, "card.recycle", f"uid:{uid}")
            return None
        for state in WAY_TO_STOCK[CardState(row.state)]:
            cards.change_state(work, row.id, state, why="recycled")
        audit.record(work, "card.recycle", f"card:{row.id}", after={"number": row.number})
        return cards.get(work.session, row.id)
