"""A card's keys are brought up to date with its renewal: at a desk, at a point, and wherever it was pulled away."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from card_protocol.channel.converse import converse
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.words.reason import Reason
from firmware_sim.card.card import Card
from server.services import audit
from server.services.cards import cards
from server.services.desk import rolling
from server.services.desk.at_desk import DeskJob
from server.services.desk.issuing import issue
from server.services.desk.point_renewal import RENEWED_EVERY_MS, TRIED_EVERY_MS
from server.services.desk.renewing import ReadingKeys, reading_keys_of, renew_card
from server.services.keys import key_versions
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, COMMUNITY, Community, Dice, make_community
from tests.server.desk import DESK, UID, Reader, stock_card
from tests.server.services.desk.test_issuing import order
from tests.server.services.desk.test_point_renewal import Point

JOB = DeskJob(desk=DESK, wait_ms=2000)


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def raised(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        key_versions.raise_version(work, COMMUNITY)


def tapped(community: Community, card: Card, *versions: int) -> CardReading | CardRefusal:
    """What a door that accepts these versions makes of a card."""
    keys = reading_keys_of(community.house.keystore, max(versions))
    accepted = {
        purpose: tuple(leaf for leaf in leaves if leaf.version in versions) for purpose, leaves in keys.leaves.items()
    }
    card.power_on()
    door = ReadingKeys(keys.community, accepted)
    return converse(read_card(bytes.fromhex(UID), door, Dice()), card.transmit)


def known_version(community: Community, card_id: str) -> int:
    with community.transactions.read() as session:
        return cards.row_of(session, card_id).key_version


def at_a_desk(community: Community, story: Callable[[Reader, str], Awaitable[None]]) -> None:
    async def whole() -> None:
        reader = Reader(community).join()
        await reader.put(stock_card())
        await story(reader, (await issue(community.house, ADMIN, order(community))).id)

    asyncio.run(whole())


def test_a_renewal_at_a_desk_brings_the_new_keys(community: Community) -> None:
    async def story(reader: Reader, card_id: str) -> None:
        assert reader.card is not None
        raised(community)
        assert known_version(community, card_id) == 1
        before = reader.sent
        await renew_card(community.house, ADMIN, JOB)
        rolling = reader.sent - before
        assert known_version(community, card_id) == 2
        found = tapped(community, reader.card, 1, 2)
        assert isinstance(found, CardReading)
        assert found.key_version == 2
        sent = reader.sent
        await renew_card(community.house, ADMIN, JOB)
        assert reader.sent - sent < rolling / 2, "and once is enough"

    at_a_desk(community, story)
    with community.transactions.read() as session:
        assert [line.action for line in audit.trail(session).items].count("card.rekey") == 1


def test_a_card_of_a_retired_version_is_refused_at_doors_for_that_and_taken_in_at_a_desk(community: Community) -> None:
    async def story(reader: Reader, card_id: str) -> None:
        card = reader.card
        assert card is not None
        raised(community)
        with community.transactions.work(ADMIN) as work:
            key_versions.retire(work, COMMUNITY, force=True)
        refused = tapped(community, card, 2)
        assert isinstance(refused, CardRefusal)
        assert (refused.cause, refused.reason) == (Cause.KEY_VERSION, Reason.KEY_VERSION)
        await reader.put(card)
        await renew_card(community.house, ADMIN, JOB)
        assert isinstance(tapped(community, card, 2), CardReading)

    at_a_desk(community, story)


def test_new_cards_get_the_new_version_and_one_half_done_keeps_what_it_began_with(community: Community) -> None:
    card, request = stock_card(), order(community, 300)

    async def story() -> None:
        reader = Reader(community).join()
        await reader.put(card)
        reader.pull_at = 30
        with pytest.raises(Problem) as told:
            await issue(community.house, ADMIN, request)
        assert told.value.code is Code.CARD_AWAY
        raised(community)
        reader.pull_at = None
        await reader.put(card)
        view = await issue(community.house, ADMIN, request)
        assert known_version(community, view.id) == 1
        fresh = stock_card("04998877665544")
        await reader.put(fresh)
        other = await issue(community.house, ADMIN, order(community))
        assert known_version(community, other.id) == 2

    asyncio.run(story())


def test_a_point_renews_first_then_changes_the_keys(community: Community) -> None:
    async def whole() -> None:
        point = await Point(community).issue()
        card = point.reader.card
        assert card is not None
        raised(community)
        assert await point.renew() == 2
        assert known_version(community, point.card_id) == 2
        found = tapped(community, card, 1, 2)
        assert isinstance(found, CardReading)
        assert found.key_version == 2
        assert await point.refused() is Code.TOO_MANY

    asyncio.run(whole())


@pytest.mark.parametrize("at", [13, 14, 40, 70, 75])
def test_pulled_away_from_a_point_it_carries_on_at_the_next_tap(community: Community, at: int) -> None:
    async def whole() -> None:
        point = await Point(community).issue()
        card = point.reader.card
        assert card is not None
        raised(community)
        point.reader.pull_at = at
        assert await point.refused() is Code.CARD_AWAY
        assert isinstance(tapped(community, card, 1, 2), CardReading), "doors accept both meanwhile"
        point.reader.pull_at = None
        await point.reader.put(card)
        community.now[0] += TRIED_EVERY_MS
        assert await point.renew() == 3
        assert known_version(community, point.card_id) == 2
        found = tapped(community, card, 1, 2)
        assert isinstance(found, CardReading)
        assert found.key_version == 2
        community.now[0] += RENEWED_EVERY_MS
        assert await point.renew() == 4

    asyncio.run(whole())


@pytest.mark.parametrize(("on_card", "known", "wanted"), [(1, 1, 2), (2, 1, 2), (2, 2, None), (3, 1, None)])
def test_what_is_to_be_done(community: Community, on_card: int, known: int, wanted: int | None) -> None:
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        cards.row_of(work.session, card.id).key_version = known
    raised(community)
    assert rolling.wanted(community.house, card.id, on_card) == wanted
