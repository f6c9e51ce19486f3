"""Issuing a card at a desk: the server holds the conversation with the card, the desk only relays (design § 4).

    wait for a card → reserve it (stock → issued) → personalise → activate (issued → active)

A card that is pulled away is asked for again; when it does not come back it stays `issued` to the same holder, and
the next attempt with the same card carries on where this one stopped.
"""

import asyncio
from typing import Annotated

import structlog
from pydantic import Field

from card_protocol.policy.rules import CARD_MAX_LEVELS
from card_protocol.profiles.header import Header
from card_protocol.profiles.personalise import IssueOrder, personalise
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.words.card import CardState
from card_protocol.words.ids import CardId, Slug
from card_protocol.words.moment import DAY_MS, WallMs
from server.services.cards import cards, grants, revocations
from server.services.cards.cards import CardView
from server.services.desk import at_desk
from server.services.desk.at_desk import UID_BYTES, DeskJob
from server.services.desk.desks import Desk
from server.services.house import House
from server.services.keys import key_versions
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.work import Actor
from server.tables import CardRow

_log = structlog.get_logger()


class IssueIn(DeskJob):
    """What somebody asks for at a desk."""

    holder_id: CardId
    levels: Annotated[list[Slug], Field(min_length=1, max_length=CARD_MAX_LEVELS)]
    valid_to_ms: WallMs
    valid_from_ms: WallMs | None = None
    """None: from now on."""


async def issue(house: House, actor: Actor, request: IssueIn) -> CardView:
    """Issue the card that is put on the desk's reader.

    Problem: NOT_FOUND (holder), DESK_AWAY, DESK_BUSY, NO_CARD, CARD_NOT_STOCK, CARD_AWAY, CARD_FAULT, INVALID.
    """
    await asyncio.to_thread(_check_holder, house, request.holder_id)
    async with at_desk.claimed(house, request.desk) as desk:
        return await _issue_at(house, actor, request, desk)


async def _issue_at(house: House, actor: Actor, request: IssueIn, desk: Desk) -> CardView:
    await desk.show(en="Put a blank card on the reader.", zh="请将空白卡放在读卡器上。", good=True)
    uid = await desk.card(request.wait_ms)
    if len(uid) != 2 * UID_BYTES:
        raise Problem(Code.CARD_NOT_STOCK, f"A card of ours has a UID of {UID_BYTES} bytes; this one has another.")
    row, order = await asyncio.to_thread(_reserve, house, actor, request, uid)
    keys, random = at_desk.issuer_keys_of(house, order.header.key_version), house.transactions.entropy
    outcome = await at_desk.converse_with(
        desk, uid, request.wait_ms, lambda: personalise(order, keys, random, tell=desk.tell_progress)
    )
    if isinstance(outcome, CardRefusal):
        _log.warning("card_not_issued", card=row.id, desk=desk.name, cause=outcome.cause.value)
        if outcome.cause not in at_desk.AWAY:
            await asyncio.to_thread(_give_up, house, actor, row.id)
        raise at_desk.problem_of(outcome, not_ours=Code.CARD_NOT_STOCK)
    view = await asyncio.to_thread(_activate, house, actor, row.id)
    await desk.show(en=f"Card {view.number} is issued.", zh=f"{view.number} 号卡已发放。", good=True)
    return view


def _check_holder(house: House, holder_id: str) -> None:
    with house.transactions.read() as session:
        holders.get(session, holder_id)


def _reserve(house: House, actor: Actor, request: IssueIn, uid: str) -> tuple[CardRow, IssueOrder]:
    with house.transactions.work(actor) as work:
        row = cards.reserve(
            work,
            request.holder_id,
            uid,
            request.levels,
            valid_to_ms=request.valid_to_ms,
            valid_from_ms=request.valid_from_ms,
            key_version=key_versions.for_cards(work.session, house.community),
        )
        holder = holders.row_of(work.session, request.holder_id)
        header = Header(
            community=house.community,
            card_id=row.id,
            holder=holder.pseudonym,
            issue_serial=cards.count_of(work.session, holder.id) % (1 << 16),
            issued_day=work.now_ms // DAY_MS,
            revocation_version=revocations.newest(work.session),
            key_version=row.key_version,
        )
        grant = grants.next_grant(work, house.keystore, row)
        carried = revocations.carried(work.session, house.community, work.now_ms, house.keystore.grants.sign)
    return row, IssueOrder(bytes.fromhex(uid), header, grant=grant, revocations=carried)


def _activate(house: House, actor: Actor, card_id: str) -> CardView:
    with house.transactions.work(actor) as work:
        return cards.change_state(work, card_id, CardState.ACTIVE)


def _give_up(house: House, actor: Actor, card_id: str) -> None:
    with house.transactions.work(actor) as work:
        cards.forget(work, card_id)
