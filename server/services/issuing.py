"""Issuing a card at a desk: the server holds the conversation with the card, the desk only relays (design § 4).

    wait for a card → reserve it (stock → issued) → personalise → activate (issued → active)

A card that is pulled away is asked for again; when it does not come back it stays `issued` to the same holder, and
the next attempt with the same card carries on where this one stopped.
"""

import asyncio
from typing import Annotated

import structlog
from pydantic import BaseModel, ConfigDict, Field

from card_protocol.channel.converse import aconverse
from card_protocol.errors import EquipmentFault
from card_protocol.policy.rules import CARD_MAX_LEVELS
from card_protocol.profiles.card_keys import IssuerKeys
from card_protocol.profiles.header import Header
from card_protocol.profiles.personalise import Issued, IssueOrder, personalise
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.words.card import CardState
from card_protocol.words.ids import CardId, Slug
from card_protocol.words.moment import DAY_MS, WallMs
from server.services import cards, grants, holders, revocations
from server.services.cards import CardView
from server.services.desks import Desk
from server.services.house import House
from server.services.problems import TEXTS, Code, Problem
from server.services.work import Actor
from server.tables import CardRow

ATTEMPTS_MAX = 3
"""How often a card may be pulled away in one go."""

WAIT_DEFAULT_MS = 30_000
WAIT_MAX_MS = 120_000
UID_BYTES = 7

_AWAY = frozenset({Cause.PULLED_AWAY, Cause.SILENT})
_NOT_STOCK = frozenset(
    {
        Cause.NO_APPLICATION,
        Cause.NOT_OUR_UID,
        Cause.ALREADY_ISSUED,
        Cause.KEY_REJECTED,
        Cause.KEY_VERSION,
        Cause.NOT_GENUINE,
    }
)

_log = structlog.get_logger()


class IssueIn(BaseModel):
    """What somebody asks for at a desk."""

    model_config = ConfigDict(extra="forbid")

    holder_id: CardId
    desk: Slug
    levels: Annotated[list[Slug], Field(min_length=1, max_length=CARD_MAX_LEVELS)]
    valid_to_ms: WallMs
    wait_ms: int = Field(default=WAIT_DEFAULT_MS, ge=100, le=WAIT_MAX_MS)
    """How long to wait for the card to be put on the reader, each time."""


async def issue(house: House, actor: Actor, request: IssueIn) -> CardView:
    """Issue the card that is put on the desk's reader.

    Problem: NOT_FOUND (holder), DESK_AWAY, DESK_BUSY, NO_CARD, CARD_NOT_STOCK, CARD_AWAY, CARD_FAULT, INVALID.
    """
    await asyncio.to_thread(_check_holder, house, request.holder_id)
    async with house.desks.get(request.desk).claimed() as desk:
        try:
            return await _issue_at(house, actor, request, desk)
        except Problem as problem:
            text = TEXTS[problem.code]
            await desk.show(en=text.en, zh=text.zh, good=False)
            raise
        finally:
            desk.progress = None


async def _issue_at(house: House, actor: Actor, request: IssueIn, desk: Desk) -> CardView:
    await desk.show(en="Put a blank card on the reader.", zh="请将空白卡放在读卡器上。", good=True)
    uid = await desk.card(request.wait_ms)
    if len(uid) != 2 * UID_BYTES:
        raise Problem(Code.CARD_NOT_STOCK, f"A card of ours has a UID of {UID_BYTES} bytes; this one has another.")
    row, order = await asyncio.to_thread(_reserve, house, actor, request, uid)
    outcome = await _personalise(house, desk, order, request.wait_ms)
    if isinstance(outcome, CardRefusal):
        _log.warning("card_not_issued", card=row.id, desk=desk.name, cause=outcome.cause.value)
        if outcome.cause not in _AWAY:
            await asyncio.to_thread(_give_up, house, actor, row.id)
        raise Problem(_code_of(outcome), f"Card {row.number}: {outcome.detail}.")
    view = await asyncio.to_thread(_activate, house, actor, row.id)
    await desk.show(en=f"Card {view.number} is issued.", zh=f"{view.number} 号卡已发放。", good=True)
    return view


async def _personalise(house: House, desk: Desk, order: IssueOrder, wait_ms: int) -> Issued | CardRefusal:
    keys = IssuerKeys(house.keystore.leaf, house.keystore.key_version)
    outcome: Issued | CardRefusal = CardRefusal(Cause.PULLED_AWAY, "the card was taken away")
    for attempt in range(ATTEMPTS_MAX):
        if attempt:
            await desk.show(en="Put the same card back.", zh="请放回同一张卡。", good=False)
            if not await _came_back(desk, order.uid.hex().upper(), wait_ms):
                break
        conversation = personalise(order, keys, house.transactions.entropy, tell=desk.tell_progress)
        try:
            outcome = await aconverse(conversation, desk.transmit)
        except EquipmentFault as fault:
            outcome = CardRefusal(Cause.PULLED_AWAY, str(fault))
        if isinstance(outcome, Issued) or outcome.cause not in _AWAY:
            break
    return outcome


async def _came_back(desk: Desk, uid: str, wait_ms: int) -> bool:
    """Whether the same card lies on the reader again."""
    try:
        return await desk.card(wait_ms) == uid
    except Problem:
        return False


def _check_holder(house: House, holder_id: str) -> None:
    with house.transactions.read() as session:
        holders.get(session, holder_id)


def _reserve(house: House, actor: Actor, request: IssueIn, uid: str) -> tuple[CardRow, IssueOrder]:
    with house.transactions.work(actor) as work:
        row = cards.reserve(work, request.holder_id, uid, request.levels, valid_to_ms=request.valid_to_ms)
        holder = holders.row_of(work.session, request.holder_id)
        header = Header(
            community=house.community,
            card_id=row.id,
            holder=holder.pseudonym,
            issue_serial=cards.count_of(work.session, holder.id) % (1 << 16),
            issued_day=work.now_ms // DAY_MS,
            revocation_version=revocations.newest(work.session),
            key_version=house.keystore.key_version,
        )
        grant = grants.next_grant(work, house.keystore, row)
    return row, IssueOrder(bytes.fromhex(uid), header, grant=grant)


def _activate(house: House, actor: Actor, card_id: str) -> CardView:
    with house.transactions.work(actor) as work:
        return cards.change_state(work, card_id, CardState.ACTIVE)


def _give_up(house: House, actor: Actor, card_id: str) -> None:
    with house.transactions.work(actor) as work:
        cards.forget(work, card_id)


def _code_of(refusal: CardRefusal) -> Code:
    if refusal.cause in _AWAY:
        return Code.CARD_AWAY
    return Code.CARD_NOT_STOCK if refusal.cause in _NOT_STOCK else Code.CARD_FAULT
