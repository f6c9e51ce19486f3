"""A conversation with the card on a desk's reader: asked for again when it is pulled away, and told in sentences."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from card_protocol.channel.converse import Conversation, aconverse
from card_protocol.errors import EquipmentFault
from card_protocol.profiles.card_keys import IssuerKeys
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.words.ids import Slug
from server.services.desk.desks import Desk
from server.services.house import House
from server.services.problems import TEXTS, Code, Problem

T = TypeVar("T")

ATTEMPTS_MAX = 3
"""How often a card may be pulled away in one go."""

WAIT_DEFAULT_MS = 30_000
WAIT_MAX_MS = 120_000
UID_BYTES = 7

AWAY = frozenset({Cause.PULLED_AWAY, Cause.SILENT, Cause.SESSION_LOST})
"""Put it back and all is well. A session that is lost in mid-conversation means the same: the card had no field for a
moment, too short for anybody to notice, and has forgotten who it talked to."""

BEGUN_AGAIN = AWAY | {Cause.REFUSED_BY_CARD}
"""A card without its session has many words for that (919D, 91AE, 917E, …). One that means it says it again."""
NOT_OURS = frozenset(
    {
        Cause.NO_APPLICATION,
        Cause.NOT_OUR_UID,
        Cause.ALREADY_ISSUED,
        Cause.KEY_REJECTED,
        Cause.KEY_VERSION,
        Cause.NOT_GENUINE,
        Cause.WRONG_COMMUNITY,
        Cause.NOT_ISSUED,
    }
)


class DeskJob(BaseModel):
    """What somebody asks for with the card that lies on a desk."""

    model_config = ConfigDict(extra="forbid")

    desk: Slug
    wait_ms: int = Field(default=WAIT_DEFAULT_MS, ge=100, le=WAIT_MAX_MS)
    """How long to wait for the card to be put on the reader, each time."""


@asynccontextmanager
async def claimed(house: House, name: str) -> AsyncIterator[Desk]:
    """The desk for one job alone; a problem is shown there too. Problem DESK_AWAY, DESK_BUSY."""
    async with house.desks.get(name).claimed() as desk:
        try:
            yield desk
        except Problem as problem:
            text = TEXTS[problem.code]
            await desk.show(en=text.en, zh=text.zh, good=False)
            raise
        finally:
            desk.progress = None


async def any_card(desk: Desk, wait_ms: int) -> str:
    """Ask for a card of ours; its UID. Problem NO_CARD, DESK_AWAY, CARD_UNKNOWN for another kind of card."""
    await desk.show(en="Put the card on the reader.", zh="请将卡片放在读卡器上。", good=True)
    uid = await desk.card(wait_ms)
    if len(uid) != 2 * UID_BYTES:
        raise Problem(Code.CARD_UNKNOWN, f"A card of ours has a UID of {UID_BYTES} bytes; this one has another.")
    return uid


async def converse_with(
    desk: Desk, uid: str, wait_ms: int, conversation: Callable[[], Conversation[T | CardRefusal]]
) -> T | CardRefusal:
    """Run the conversation, from its beginning whenever the same card was put back."""
    outcome: T | CardRefusal = CardRefusal(Cause.PULLED_AWAY, "the card was taken away")
    for attempt in range(ATTEMPTS_MAX):
        if attempt:
            await desk.show(en="Put the same card back.", zh="请放回同一张卡。", good=False)
            with desk.wanting(uid):
                came_back = await _came_back(desk, uid, wait_ms)
            if not came_back:
                break
        try:
            outcome = await aconverse(conversation(), desk.transmit)
        except EquipmentFault as fault:
            outcome = CardRefusal(Cause.PULLED_AWAY, str(fault))
        if not isinstance(outcome, CardRefusal) or outcome.cause not in BEGUN_AGAIN:
            break
    return outcome


async def _came_back(desk: Desk, uid: str, wait_ms: int) -> bool:
    """Whether the same card lies on the reader again."""
    until = asyncio.get_running_loop().time() + wait_ms / 1000
    while (left_ms := int(1000 * (until - asyncio.get_running_loop().time()))) > 0:
        try:
            found = await desk.card(left_ms)
        except Problem:
            return False
        if found == uid:
            return True
        await desk.show(
            en="This is another card. Put the same card back.", zh="这不是刚才那张卡，请放回同一张卡。", good=False
        )
        await desk.card_left(left_ms)
    return False


def problem_of(refusal: CardRefusal, not_ours: Code = Code.CARD_UNKNOWN) -> Problem:
    """A refusal as a problem; `not_ours` is what a card is that is none of this community's."""
    code = Code.CARD_AWAY if refusal.cause in AWAY else not_ours if refusal.cause in NOT_OURS else Code.CARD_FAULT
    return Problem(code, f"{refusal.detail}.")


def issuer_keys_of(house: House, version: int = 1) -> IssuerKeys:
    """All keys of the community's cards, for conversations; `version` matters to one that gives a card new keys."""
    return IssuerKeys(house.keystore.leaf, version)
