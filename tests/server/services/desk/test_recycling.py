"""A card made blank at a desk, and the data base that follows."""

import asyncio
from itertools import pairwise

import pytest
from sqlalchemy import Engine

from card_protocol.words.card import CardState, may_become
from server.services.cards import cards, revocations
from server.services.desk.at_desk import DeskJob
from server.services.desk.inspecting import inspect_on_desk
from server.services.desk.issuing import issue
from server.services.desk.recycling import WAY_TO_STOCK, Recycled, recycle_card
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, Community, Dice, make_community
from tests.server.desk import DESK, UID, Reader, stock_card
from tests.server.services.desk.test_issuing import order

JOB = DeskJob(desk=DESK, wait_ms=2000)


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


@pytest.mark.parametrize("state", CardState)
def test_every_way_to_stock_is_made_of_steps_of_the_table(state: CardState) -> None:
    way = [state, *WAY_TO_STOCK[state]]
    assert way[-1] is CardState.STOCK
    assert all(may_become(now, then) for now, then in pairwise(way))


def recycled(community: Community, *states: CardState) -> Recycled:
    async def story() -> Recycled:
        reader = Reader(community).join()
        await reader.put(stock_card())
        card = await issue(community.house, ADMIN, order(community))
        for state in states:
            with community.transactions.work(ADMIN) as work:
                cards.change_state(work, card.id, state)
        done = await recycle_card(community.house, ADMIN, JOB)
        found = await inspect_on_desk(community.house, ADMIN, JOB)
        assert (found.condition, found.rights) == ("stock", None)
        again = await issue(community.house, ADMIN, order(community))
        assert (again.id, again.state) == (card.id, CardState.ACTIVE)
        return done

    return asyncio.run(story())


def test_a_card_in_use_is_revoked_on_its_way_and_can_be_issued_again(community: Community) -> None:
    done = recycled(community)
    assert done.card is not None
    assert (done.uid, done.was_blank, done.card.state, done.card.holder_id) == (UID, False, CardState.STOCK, None)
    with community.transactions.read() as session:
        assert revocations.after(session, 0, 9)[0].state is CardState.RETURNED


def test_a_lost_card_that_was_found_can_be_recycled(community: Community) -> None:
    assert recycled(community, CardState.LOST).card is not None


def test_a_blank_card_that_nobody_knows_stays_blank_and_leaves_no_row(community: Community) -> None:
    async def story() -> Recycled:
        await Reader(community).join().put(stock_card())
        return await recycle_card(community.house, ADMIN, JOB)

    done = asyncio.run(story())
    assert (done.was_blank, done.card) == (True, None)
    with community.transactions.read() as session:
        assert cards.listing(session).items == []


def test_a_copy_of_a_number_takes_no_card_out_of_use(community: Community, tmp_path: object) -> None:
    """Somebody else's card with the UID of one of ours: its keys are not ours."""
    from server.tables.engine import make_engine

    other = make_community(make_engine(f"sqlite:///{tmp_path}/other.db"), Dice(1000))
    copy = stock_card()

    async def elsewhere() -> None:
        await Reader(other).join().put(copy)
        await issue(other.house, ADMIN, order(other))

    async def here() -> None:
        reader = Reader(community).join()
        await reader.put(stock_card())
        await issue(community.house, ADMIN, order(community))
        await reader.take()
        await reader.put(copy)
        await recycle_card(community.house, ADMIN, JOB)

    asyncio.run(elsewhere())
    with pytest.raises(Problem) as told:
        asyncio.run(here())
    assert told.value.code is Code.CARD_UNKNOWN
    with community.transactions.read() as session:
        assert [card.state for card in cards.listing(session).items] == [CardState.ACTIVE]
