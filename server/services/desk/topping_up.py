"""Putting money on the card on a desk's reader: the server holds the conversation, the desk only relays (design § 4).

wait for a card → settle what broke off before → look into its purse → write the intention down → pay in → write it down

A card that is pulled away is asked for again, and the same record is paid in once (profiles.purse_credit). When it does
not come back, the intention stands as torn in the books, and the card's next visit at a desk, or its next meal, tells:
who begins again with the same amount and has it already gets nothing twice.
"""

import asyncio
from typing import TypeAlias

from pydantic import BaseModel, Field

from card_protocol.profiles.card_records import PurseEntry, point_tag
from card_protocol.profiles.purse import Settlement
from card_protocol.profiles.purse_credit import PURSE_MAX_FEN, Credited, Purse, credit_once, find_credit, look_into
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.words.card import OPENS_DOORS
from card_protocol.words.ids import CardId
from card_protocol.words.moment import MINUTE_MS
from server.services import audit
from server.services.cards import cards
from server.services.desk import at_desk
from server.services.desk.at_desk import DeskJob
from server.services.desk.desks import Desk
from server.services.house import House
from server.services.problems import Code, Problem
from server.services.purses import purses, subsidies
from server.services.purses.purse_books import CERTAIN, OPEN, Proof, State
from server.services.work import Actor, Work
from server.tables import PurseEntryRow

SEQ_COUNTER = "purse_credit"
SAME_TOP_UP_MS = 60 * MINUTE_MS
OPEN_MAX = 8
"""So many credits of one card that broke off are settled at a visit."""

Outcome: TypeAlias = Credited | Settlement | CardRefusal


class TopUpIn(DeskJob):
    """What is put onto the card: what somebody pays [fen], and what is due to them of subsidies."""

    amount: int = Field(ge=0, le=PURSE_MAX_FEN)
    with_subsidy: bool = True
    card_id: CardId | None = None
    """The card that it is for; None for whichever lies there."""


class ToppedUp(BaseModel):
    """What came onto the card [fen], of it the subsidy, and what it holds now."""

    card_id: str
    card_number: int
    amount: int
    subsidy: int
    value: int
    counter: int
    """The number of this transaction on the card."""


async def top_up(house: House, actor: Actor, request: TopUpIn) -> ToppedUp:
    """Put money on the card that is laid on the desk's reader.

    Problem: DESK_AWAY, DESK_BUSY, NO_CARD, CARD_UNKNOWN, OTHER_CARD, WRONG_STATE, PURSE_FULL, CARD_AWAY, CARD_FAULT,
    INVALID (there is nothing to put on).
    """
    async with at_desk.claimed(house, request.desk) as desk:
        uid = await at_desk.any_card(desk, request.wait_ms)
        card_id = await asyncio.to_thread(whose, house, uid, request.card_id)
        for row, found in await settle_all(house, actor, desk, uid, request.wait_ms, card_id):
            if isinstance(found, Credited) and _is_same(row, request, house.transactions.clock()):
                return await told_at_desk(house, desk, row, found.value)
        purse = await looked_into(house, desk, uid, request.wait_ms)
        row = await asyncio.to_thread(_intend, house, actor, request, card_id, purse)
        done = await pay_in(house, actor, desk, uid, request.wait_ms, row)
        return await told_at_desk(house, desk, row, done.value)


async def settle_all(
    house: House, actor: Actor, desk: Desk, uid: str, wait_ms: int, card_id: str
) -> list[tuple[PurseEntryRow, Credited | Settlement]]:
    """What became of credits of this card that broke off."""
    waiting = await asyncio.to_thread(_broken_off, house, card_id)
    return [(row, await _settle(house, actor, desk, uid, wait_ms, row)) for row in waiting]


async def looked_into(house: House, desk: Desk, uid: str, wait_ms: int) -> Purse:
    """Value and counter of the purse on the reader. Problem CARD_AWAY, CARD_FAULT."""
    keys, random = at_desk.issuer_keys_of(house), house.transactions.entropy
    purse = await at_desk.converse_with(desk, uid, wait_ms, lambda: look_into(bytes.fromhex(uid), keys, random))
    if isinstance(purse, CardRefusal):
        raise at_desk.problem_of(purse)
    return purse


async def told_at_desk(house: House, desk: Desk, row: PurseEntryRow, value: int | None) -> ToppedUp:
    """Tell it at the desk. `value` None: other transactions came after it, and only the books say what is left."""
    number, balance = await asyncio.to_thread(_standing, house, row.card_id)
    held = value if value is not None else balance or 0
    yuan = f"{held // 100}.{held % 100:02d}"
    await desk.show(en=f"Done. The card holds ¥{yuan}.", zh=f"已充值，余额 {yuan} 元。", good=True)
    return ToppedUp(
        card_id=row.card_id,
        card_number=number,
        amount=row.amount,
        subsidy=row.subsidy,
        value=held,
        counter=row.before + 1,
    )


def _record_of(row: PurseEntryRow) -> PurseEntry:
    return PurseEntry(row.amount, point_tag("", row.point), row.point_seq, row.minute)


def _is_same(row: PurseEntryRow, request: TopUpIn, now_ms: int) -> bool:
    """Whether who begins again means the top-up that broke off a moment ago, and has it already."""
    return row.amount - row.subsidy == request.amount and 0 <= now_ms - row.at_ms <= SAME_TOP_UP_MS


async def _settle(
    house: House, actor: Actor, desk: Desk, uid: str, wait_ms: int, row: PurseEntryRow
) -> Credited | Settlement:
    """What became of a credit that broke off."""
    keys, random = at_desk.issuer_keys_of(house), house.transactions.entropy
    outcome: Outcome = await at_desk.converse_with(
        desk, uid, wait_ms, lambda: find_credit(bytes.fromhex(uid), _record_of(row), row.before, keys, random)
    )
    await asyncio.to_thread(_told, house, actor, row, outcome)
    if isinstance(outcome, CardRefusal):
        raise at_desk.problem_of(outcome)
    return outcome


async def pay_in(house: House, actor: Actor, desk: Desk, uid: str, wait_ms: int, row: PurseEntryRow) -> Credited:
    """Bring one credit to its end, however often the card is taken away meanwhile."""
    keys, random = at_desk.issuer_keys_of(house), house.transactions.entropy
    outcome: Outcome = await at_desk.converse_with(
        desk, uid, wait_ms, lambda: credit_once(bytes.fromhex(uid), _record_of(row), row.before, keys, random)
    )
    await asyncio.to_thread(_told, house, actor, row, outcome)
    if isinstance(outcome, Settlement):
        raise Problem(Code.CARD_FAULT, "The card's log does not reach back to this top-up.")
    if isinstance(outcome, CardRefusal):
        if outcome.cause is Cause.OVER_LIMIT:
            raise Problem(Code.PURSE_FULL, f"{outcome.detail}.")
        raise at_desk.problem_of(outcome)
    return outcome


def whose(house: House, uid: str, wanted: str | None) -> str:
    """The card with this UID, which works. Problem CARD_UNKNOWN, OTHER_CARD, WRONG_STATE."""
    with house.transactions.read() as session:
        row = cards.of_uid(session, uid)
        if row is None or row.holder_id is None:
            raise Problem(Code.CARD_UNKNOWN, f"No card with the UID {uid} is in this data base.")
        if wanted is not None and row.id != wanted:
            raise Problem(Code.OTHER_CARD, f"Card {row.number} lies on the reader.")
        if row.state not in OPENS_DOORS:
            raise Problem(Code.WRONG_STATE, f"Card {row.number} is {row.state}.")
        return row.id


def _standing(house: House, card_id: str) -> tuple[int, int | None]:
    """(the card's number, what it holds by the books)."""
    with house.transactions.read() as session:
        card = cards.row_of(session, card_id)
        return card.number, purses.books(session, card).balance


def _broken_off(house: House, card_id: str) -> list[PurseEntryRow]:
    with house.transactions.read() as session:
        rows = purses.rows_of(session, cards.row_of(session, card_id))
    waiting = [row for row in rows if row.gateway_id is None and row.state in OPEN - {State.UNKNOWN}]
    return sorted(waiting, key=lambda row: row.id or 0)[:OPEN_MAX]


def _intend(house: House, actor: Actor, request: TopUpIn, card_id: str, purse: Purse) -> PurseEntryRow:
    with house.transactions.work(actor) as work:
        card = cards.row_of(work.session, card_id, lock=True)
        work.take_turn(f"subsidy:{card.holder_id}")  # a person may have two cards, and two desks may be open
        subsidy = subsidies.due_now(work.session, card.holder_id or "") if request.with_subsidy else 0
        amount = request.amount + subsidy
        if amount == 0:
            raise Problem(Code.INVALID, "There is nothing to put on the card.", fields={"amount": "more than 0"})
        if purse.value + amount > PURSE_MAX_FEN:
            detail = f"The purse holds {purse.value} fen, {amount} are to come, and it can hold {PURSE_MAX_FEN}."
            raise Problem(Code.PURSE_FULL, detail)
        row = PurseEntryRow(
            card_id=card.id,
            issued_ms=card.issued_ms or 0,
            holder_id=card.holder_id,
            point=request.desk,
            point_seq=work.next_number(SEQ_COUNTER) & purses.SEQ_MASK,
            amount=amount,
            subsidy=subsidy,
            before=purse.counter,
            state=State.BEGUN.value,
            proof=Proof.NONE.value,
            at_ms=work.now_ms,
            heard_ms=work.now_ms,
            minute=work.now_ms // MINUTE_MS,
            actor=actor.name,
        )
        return purses.keep(work, row)


def _told(house: House, actor: Actor, row: PurseEntryRow, outcome: Outcome) -> None:
    """Write down what became of it."""
    with house.transactions.work(actor) as work:
        known = work.session.get(PurseEntryRow, row.id)
        if known is None or known.state in CERTAIN:
            return
        match outcome:
            case Credited(value=value):
                known.state, known.value = (State.CARRIED_OUT if value is None else State.MADE).value, value
                _trail(work, known)
            case Settlement():
                known.state = State(outcome.value).value
            case CardRefusal(cause=Cause.OVER_LIMIT):
                known.state = State.NOT_CARRIED_OUT.value
            case _:
                known.state = State.TORN.value
        work.session.add(known)
        work.tell("care", {})


def _trail(work: Work, row: PurseEntryRow) -> None:
    after = {"amount": row.amount, "subsidy": row.subsidy, "counter": row.before + 1, "desk": row.point}
    audit.record(work, "purse.credit", f"card:{row.card_id}", after=after)
