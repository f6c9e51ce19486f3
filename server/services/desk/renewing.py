"""Renewing the card on a desk's reader: a fresh grant, the newest revocations, told in the card's header.

wait for a card → read its header → number a grant → write all of it in one card transaction → audit
→ bring its keys up to date, if they were raised → tell it what else it carries (noting)
"""

import asyncio
from dataclasses import dataclass, replace

from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.header import Header
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.renew import Renewal, renew
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.words.card import OPENS_DOORS
from server.services import audit
from server.services.cards import card_log, cards, grants, revocations
from server.services.cards.cards import CardView
from server.services.desk import at_desk, noting, rolling
from server.services.desk.at_desk import DeskJob
from server.services.desk.desks import Desk
from server.services.house import House
from server.services.keys import key_versions
from server.services.keys.keystore import Keystore
from server.services.problems import Code, Problem
from server.services.work import Actor


@dataclass(frozen=True)
class ReadingKeys:
    """What a point of the community would read cards with."""

    community: str
    leaves: dict[Purpose, tuple[SecretKey, ...]]


def reading_keys_of(keystore: Keystore, newest: int) -> ReadingKeys:
    """From the keystore, every version up to the `newest`: a desk takes in cards that no door accepts any more."""
    leaves = tuple(keystore.leaf(Purpose.DOOR_READ, version) for version in range(1, newest + 1))
    return ReadingKeys(keystore.community, {Purpose.DOOR_READ: leaves})


async def renew_card(house: House, actor: Actor, request: DeskJob) -> CardView:
    """Renew the card that is put on the desk's reader.

    Problem: DESK_AWAY, DESK_BUSY, NO_CARD, CARD_UNKNOWN, WRONG_STATE (it may not open doors), CARD_AWAY, CARD_FAULT.
    """
    async with at_desk.claimed(house, request.desk) as desk:
        uid = await at_desk.any_card(desk, request.wait_ms)
        reading = await _read(house, desk, uid, request.wait_ms)
        header = reading.header
        renewal = await asyncio.to_thread(prepare, house, actor, uid, header)
        keys, random = at_desk.issuer_keys_of(house), house.transactions.entropy
        outcome = await at_desk.converse_with(
            desk, uid, request.wait_ms, lambda: renew(bytes.fromhex(uid), renewal, keys, random)
        )
        if isinstance(outcome, CardRefusal):
            raise at_desk.problem_of(outcome)
        view = await asyncio.to_thread(record, house, actor, header.card_id, outcome.counter)
        await _roll(house, actor, desk, reading, request.wait_ms)
        await noting.tell(
            house,
            uid,
            view.holder_id,
            noting.AT_DESK,
            lambda say: at_desk.converse_with(desk, uid, request.wait_ms, say),
        )
        await desk.show(en=f"Card {view.number} is renewed.", zh=f"{view.number} 号卡已续期。", good=True)
        return view


async def _roll(house: House, actor: Actor, desk: Desk, reading: CardReading, wait_ms: int) -> None:
    card_id = reading.header.card_id
    version = await asyncio.to_thread(rolling.wanted, house, card_id, reading.key_version)
    if version is None:
        return
    rolled = await at_desk.converse_with(
        desk, reading.uid.hex().upper(), wait_ms, lambda: rolling.conversation(house, reading.uid, version)
    )
    if isinstance(rolled, CardRefusal):
        raise at_desk.problem_of(rolled)
    await asyncio.to_thread(rolling.record, house, actor, card_id, version)


async def _read(house: House, desk: Desk, uid: str, wait_ms: int) -> CardReading:
    reading_keys = await asyncio.to_thread(present_reading_keys, house)
    random = house.transactions.entropy
    reading = await at_desk.converse_with(
        desk, uid, wait_ms, lambda: read_card(bytes.fromhex(uid), reading_keys, random)
    )
    if isinstance(reading, CardRefusal):
        raise at_desk.problem_of(reading)
    return reading


def present_reading_keys(house: House) -> ReadingKeys:
    """What this server reads cards with now."""
    with house.transactions.read() as session:
        newest = key_versions.current(session, house.community).newest
    return reading_keys_of(house.keystore, newest)


def prepare(house: House, actor: Actor, uid: str, header: Header) -> Renewal:
    """Number a grant for the card with this UID and header; Problem CARD_UNKNOWN, WRONG_STATE."""
    with house.transactions.work(actor) as work:
        known = cards.of_uid(work.session, uid)
        if known is None or known.id != header.card_id:
            raise Problem(Code.CARD_UNKNOWN, f"Card {header.card_id} is not in this data base.")
        row = cards.row_of(work.session, known.id, lock=True)
        if row.state not in OPENS_DOORS:
            raise Problem(Code.WRONG_STATE, f"Card {row.number} is {row.state}.")
        return Renewal(
            header=replace(header, revocation_version=revocations.newest(work.session)),
            grant=grants.next_grant(work, house.keystore, row),
            revocations=revocations.carried(work.session, house.community, work.now_ms, house.keystore.grants.sign),
        )


def record(house: House, actor: Actor, card_id: str, counter: int) -> CardView:
    """A card was renewed, in its transaction `counter`."""
    with house.transactions.work(actor) as work:
        row = cards.row_of(work.session, card_id)
        after = {"number": row.number, "grant_serial": row.grant_serial, "counter": counter}
        audit.record(work, "card.renew", f"card:{card_id}", after=after)
        card_log.report(work, card_id, counter)
        return cards.view_of(work.session, row)
