"""A card renewed at a desk: server, desk and simulated card in one test."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import Engine

from card_protocol.profiles.layout import ACTIVITY
from card_protocol.profiles.membership import Standing, standing_on
from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from server.services import audit
from server.services.cards import cards
from server.services.desk.at_desk import DeskJob
from server.services.desk.inspecting import InspectionView, inspect_on_desk
from server.services.desk.issuing import issue
from server.services.desk.renewing import renew_card
from server.services.party import members
from server.services.party.members import MemberIn
from server.services.problems import Code, Problem
from server.services.work import SYSTEM
from tests.server.build import ADMIN, Community, make_community
from tests.server.desk import DESK, Reader, stock_card
from tests.server.services.desk.test_issuing import order

JOB = DeskJob(desk=DESK, wait_ms=2000)


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


async def issued(community: Community) -> Reader:
    """A desk with an issued card on its reader."""
    reader = Reader(community).join()
    await reader.put(stock_card())
    await issue(community.house, ADMIN, order(community))
    return reader


async def looked_at(community: Community) -> InspectionView:
    return await inspect_on_desk(community.house, ADMIN, JOB)


def test_a_renewed_card_lives_a_week_from_now_and_carries_the_newest_revocations(community: Community) -> None:
    async def story() -> None:
        await issued(community)
        before = await looked_at(community)
        lost = community.active_card("04FFFFFFFFFFFF")
        with community.transactions.work(ADMIN) as work:
            cards.change_state(work, lost.id, CardState.LOST)
        community.now[0] += 3 * DAY_MS
        view = await renew_card(community.house, ADMIN, JOB)
        after = await looked_at(community)
        assert before.rights is not None
        assert after.rights is not None
        assert view.id == after.rights.card_id == before.rights.card_id
        assert before.rights.grant_serial is not None
        assert after.rights.grant_serial == before.rights.grant_serial + 1
        assert after.rights.grant_to_ms == community.now[0] + 7 * DAY_MS
        assert (after.rights.revocations, after.rights.revocation_version) == ([lost.id], 1)
        assert after.rights.transactions == before.rights.transactions + 1

    asyncio.run(story())
    with community.transactions.read() as session:
        assert [line.action for line in audit.trail(session).items if line.action == "card.renew"]


@pytest.mark.parametrize("pull_at", [1, 3, 6, 12])
def test_pulled_away_anywhere_it_is_asked_for_and_carries_on(community: Community, pull_at: int) -> None:
    async def story() -> None:
        reader = await issued(community)
        card = reader.card
        assert card is not None
        reader.pull_at = reader.sent + pull_at
        reader.on_pull = lambda r: r.put_soon(card)
        await renew_card(community.house, ADMIN, JOB)
        assert "Put the same card back." in [show.en for show in reader.shown]
        found = await looked_at(community)
        assert found.rights is not None
        assert (found.rights.grant_problem, found.rights.grant_serial) == (None, 2)

    asyncio.run(story())


def test_a_members_card_says_so_after_its_renewal_in_the_application_of_activities_alone(community: Community) -> None:
    async def story() -> None:
        reader = await issued(community)
        with community.transactions.work(SYSTEM) as work:
            (card,) = cards.listing(work.session).items
            full = MemberIn(standing=Standing.FULL, branch="第一支部", since=date(2001, 7, 1))
            members.put(work, card.holder_id or "", full)
        assert membership(reader) is None
        await renew_card(community.house, ADMIN, JOB)
        assert membership(reader) is Standing.FULL
        with community.transactions.work(SYSTEM) as work:
            members.remove(work, card.holder_id or "")
        await renew_card(community.house, ADMIN, JOB)
        assert membership(reader) is None

    asyncio.run(story())


def membership(reader: Reader) -> Standing | None:
    assert reader.card is not None
    application = reader.card.state.applications[int.from_bytes(ACTIVITY.aid, "little")]
    return standing_on(application.files[1].data)  # type: ignore[union-attr]


def refused(community: Community, state: CardState | None) -> Code:
    async def story() -> None:
        reader = Reader(community).join()
        if state is None:
            await reader.put(stock_card())
        else:
            reader = await issued(community)
            with community.transactions.work(ADMIN) as work:
                (card,) = cards.listing(work.session).items
                cards.change_state(work, card.id, state)
        await renew_card(community.house, ADMIN, JOB)

    with pytest.raises(Problem) as told:
        asyncio.run(story())
    return told.value.code


def test_what_may_not_open_doors_is_not_renewed(community: Community) -> None:
    assert refused(community, CardState.SUSPENDED) is Code.WRONG_STATE


def test_a_blank_card_is_none_of_ours(community: Community) -> None:
    assert refused(community, None) is Code.CARD_UNKNOWN


def test_a_card_that_the_data_base_forgot_is_not_renewed(community: Community) -> None:
    async def story() -> None:
        await issued(community)
        with community.transactions.work(ADMIN) as work:
            (card,) = cards.listing(work.session).items
            cards.row_of(work.session, card.id).uid = "04BBBBBBBBBBBB"
        await renew_card(community.house, ADMIN, JOB)

    with pytest.raises(Problem) as told:
        asyncio.run(story())
    assert told.value.code is Code.CARD_UNKNOWN
