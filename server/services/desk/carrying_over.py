"""Putting what a lost card held onto the card on a desk's reader: the same conversation as any top-up, exactly once.

wait for a card → settle what broke off before → look into its purse → write the intention down → pay in → write it down
"""

import asyncio
from typing import Annotated

from pydantic import StringConstraints

from card_protocol.profiles.purse_credit import PURSE_MAX_FEN, Purse
from card_protocol.words.ids import CardId
from card_protocol.words.moment import MINUTE_MS
from server.services.cards import cards
from server.services.desk import at_desk, topping_up
from server.services.desk.at_desk import DeskJob
from server.services.desk.topping_up import SEQ_COUNTER, ToppedUp
from server.services.house import House
from server.services.problems import Code, Problem
from server.services.purses import moving, purses
from server.services.purses.purse_books import Proof, State
from server.services.work import Actor
from server.tables import PurseEntryRow


class CarryIn(DeskJob):
    """Whose money; `waive`: why it moves although something stands open that nobody can mend."""

    from_card: CardId
    waive: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^\P{Cc}*$")] = ""


async def carry_over(house: House, actor: Actor, request: CarryIn) -> ToppedUp:
    """Put what `from_card` holds onto the card that is laid on the desk's reader: another one of the same person.

    Problem: NOT_FOUND, WRONG_STATE (something is in the way: services.purses.carry_over), INVALID (the same card, or
    another person's), PURSE_FULL, and those of `top_up`.
    """
    async with at_desk.claimed(house, request.desk) as desk:
        uid = await at_desk.any_card(desk, request.wait_ms)
        card_id = await asyncio.to_thread(topping_up.whose, house, uid, None)
        await topping_up.settle_all(house, actor, desk, uid, request.wait_ms, card_id)
        purse = await topping_up.looked_into(house, desk, uid, request.wait_ms)
        row = await asyncio.to_thread(_intend, house, actor, request, card_id, purse)
        done = await topping_up.pay_in(house, actor, desk, uid, request.wait_ms, row)
        return await topping_up.told_at_desk(house, desk, row, done.value)


def _intend(house: House, actor: Actor, request: CarryIn, card_id: str, purse: Purse) -> PurseEntryRow:
    with house.transactions.work(actor) as work:
        card = cards.row_of(work.session, card_id, lock=True)
        entry = PurseEntryRow(
            card_id=card.id,
            issued_ms=card.issued_ms or 0,
            holder_id=card.holder_id,
            point=request.desk,
            point_seq=work.next_number(SEQ_COUNTER) & purses.SEQ_MASK,
            amount=0,
            before=purse.counter,
            state=State.BEGUN.value,
            proof=Proof.NONE.value,
            at_ms=work.now_ms,
            heard_ms=work.now_ms,
            minute=work.now_ms // MINUTE_MS,
            actor=actor.name,
        )
        begun = moving.begin(work, request.from_card, card, entry, waive=request.waive)
        if purse.value + begun.amount > PURSE_MAX_FEN:
            detail = f"The purse holds {purse.value} fen, {begun.amount} are to come, and it can hold {PURSE_MAX_FEN}."
            raise Problem(Code.PURSE_FULL, detail)
        return begun
