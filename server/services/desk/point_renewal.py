"""Renewing a card that passes a point: the server talks to it through the point, issuer keys never leave.

    may it? → read its header → what it is told at this kind of point (noting) → number a grant
    → header, grant, revocations in one card transaction → audit → bring its keys up to date, if they were raised

The grant comes last but for the keys: as long as it is old, the card's next tap tries everything again.

A card that is taken away has its old grant or its new one, and is asked for nothing: its next tap tries again.
"""

import asyncio
from typing import TypeVar

from card_protocol.channel.converse import Conversation, aconverse
from card_protocol.errors import EquipmentFault
from card_protocol.profiles.refusal import CardRefusal, refusal_of
from card_protocol.profiles.renew import renew
from card_protocol.profiles.tap import read_card
from card_protocol.wire.renewal import RenewalRequest
from card_protocol.words.moment import DAY_MS
from server.services.cards import card_log, cards
from server.services.cards.cards import CardView
from server.services.desk import at_desk, noting, renewing, rolling
from server.services.desk.desks import Desk
from server.services.house import House
from server.services.problems import Code, Problem
from server.services.work import Actor

T = TypeVar("T")

RENEWED_EVERY_MS = DAY_MS
TRIED_EVERY_MS = 10_000
"""After an attempt that failed for another cause than that the card was taken away."""


async def renew_at_point(house: House, request: RenewalRequest, desk: Desk) -> CardView:
    """Renew the card on the point's reader.

    Problem: CARD_UNKNOWN, WRONG_STATE (it may not open doors), TOO_MANY (renewed a moment ago), CARD_AWAY, CARD_FAULT.
    """
    actor = Actor(f"gateway:{request.gateway}", "gateway")
    await asyncio.to_thread(_begin, house, actor, request.card_id)
    try:
        view = await _renewed(house, actor, request, desk)
    except Problem as problem:
        if problem.code is Code.CARD_AWAY:  # a person holds it there again in a moment
            await asyncio.to_thread(_wait, house, actor, request.card_id, 0)
        raise
    await asyncio.to_thread(_wait, house, actor, request.card_id, RENEWED_EVERY_MS)
    return view


async def _renewed(house: House, actor: Actor, request: RenewalRequest, desk: Desk) -> CardView:
    uid, random = bytes.fromhex(request.uid), house.transactions.entropy
    keys = await asyncio.to_thread(renewing.present_reading_keys, house)
    reading = await _converse(desk, read_card(uid, keys, random))
    if reading.header.card_id != request.card_id:
        raise Problem(Code.CARD_UNKNOWN, f"This is card {reading.header.card_id}, not {request.card_id}.")
    renewal = await asyncio.to_thread(renewing.prepare, house, actor, request.uid, reading.header)
    notes = await asyncio.to_thread(noting.at_point, house, request.gateway, request.point)
    holder_id = await asyncio.to_thread(_holder_of, house, request.card_id)
    await noting.tell(house, request.uid, holder_id, notes, lambda say: _converse(desk, say()))
    mark = await _converse(desk, renew(uid, renewal, at_desk.issuer_keys_of(house), random))
    view = await asyncio.to_thread(renewing.record, house, actor, request.card_id, mark.counter)
    version = await asyncio.to_thread(rolling.wanted, house, request.card_id, reading.key_version)
    if version is not None:
        await _converse(desk, rolling.conversation(house, uid, version))
        await asyncio.to_thread(rolling.record, house, actor, request.card_id, version)
    return view


async def _converse(desk: Desk, conversation: Conversation[T | CardRefusal]) -> T:
    try:
        outcome = await aconverse(conversation, desk.transmit)
    except EquipmentFault as fault:
        outcome = refusal_of(fault)
    if isinstance(outcome, CardRefusal):
        raise at_desk.problem_of(outcome)
    return outcome


def _holder_of(house: House, card_id: str) -> str | None:
    with house.transactions.read() as session:
        return cards.row_of(session, card_id).holder_id


def _begin(house: House, actor: Actor, card_id: str) -> None:
    with house.transactions.work(actor) as work:
        row = card_log.row_of(work, card_id)
        if row is None:
            raise Problem(Code.CARD_UNKNOWN, f"Card {card_id} is not in this data base.")
        if work.now_ms < row.renew_after_ms:
            raise Problem(Code.TOO_MANY, "This card was renewed a moment ago.")
    _wait(house, actor, card_id, TRIED_EVERY_MS)


def _wait(house: House, actor: Actor, card_id: str, span_ms: int) -> None:
    with house.transactions.work(actor) as work:
        row = card_log.row_of(work, card_id)
        assert row is not None
        row.renew_after_ms = work.now_ms + span_ms
        work.session.add(row)
