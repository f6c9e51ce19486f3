"""A card renewed while it lies at a point: server, point and simulated card in one test."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from card_protocol.profiles.membership import Standing
from card_protocol.wire.renewal import RenewalRequest
from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from card_protocol.words.point import PointKind
from server.services.access import access
from server.services.access.access import PointIn
from server.services.cards import cards
from server.services.desk.issuing import issue
from server.services.desk.point_renewal import RENEWED_EVERY_MS, TRIED_EVERY_MS, renew_at_point
from server.services.gateways import gateways
from server.services.party import members
from server.services.party.members import MemberIn
from server.services.problems import Code, Problem
from server.tables import AuditRow, CardLogRow
from tests.server.build import ADMIN, COMMUNITY, Community, make_community
from tests.server.desk import UID, Reader, stock_card
from tests.server.services.desk.test_issuing import order
from tests.server.services.desk.test_renewing import membership

ROUND_TRIPS = 12


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


class Point:
    """A point whose reader holds an issued card."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.reader = Reader(community).join()
        self.card_id = ""

    async def issue(self) -> "Point":
        await self.reader.put(stock_card())
        self.card_id = (await issue(self.community.house, ADMIN, order(self.community))).id
        self.reader.sent = 0
        return self

    async def renew(self, card_id: str | None = None, point: str = "south-gate-in") -> int:
        """The serial of the card's newest grant after it."""
        asked = RenewalRequest(
            gateway="g-1",
            point=point,
            card_id=card_id or self.card_id,
            uid=UID,
            at_ms=self.community.now[0],
        )
        assert self.reader.desk is not None
        await renew_at_point(self.community.house, asked, self.reader.desk)
        with self.community.transactions.read() as session:
            return cards.row_of(session, self.card_id).grant_serial

    async def refused(self, card_id: str | None = None) -> Code:
        with pytest.raises(Problem) as told:
            await self.renew(card_id)
        return told.value.code


def run(community: Community, story: Callable[[Point], Awaitable[None]]) -> None:
    async def whole() -> None:
        await story(await Point(community).issue())

    asyncio.run(whole())


def test_a_card_is_renewed_once_a_day_and_its_counter_is_known(community: Community) -> None:
    async def story(point: Point) -> None:
        community.now[0] += 4 * DAY_MS
        assert await point.renew() == 2
        assert point.reader.sent == ROUND_TRIPS
        with community.transactions.read() as session:
            row = session.get_one(CardLogRow, point.card_id)
            assert row.complete == 2
            newest = session.exec(select(AuditRow).order_by(col(AuditRow.id).desc())).first()
            assert newest is not None
            assert (newest.action, newest.actor) == ("card.renew", "gateway:g-1")
        assert await point.refused() is Code.TOO_MANY
        community.now[0] += RENEWED_EVERY_MS
        assert await point.renew() == 3

    run(community, story)


@pytest.mark.parametrize(
    ("kind", "gateway", "told"),
    [
        (PointKind.ACTIVITY, "g-1", Standing.FULL),
        (PointKind.UPDATER, "g-1", Standing.FULL),
        (PointKind.CLINIC, "g-1", None),
        (PointKind.ACTIVITY, "g-2", None),
    ],
)
def test_who_was_admitted_today_is_told_at_the_points_of_activities_and_at_no_other(
    community: Community, kind: PointKind, gateway: str, told: Standing | None
) -> None:
    """Though the card was renewed this morning."""

    async def story(point: Point) -> None:
        await point.renew()
        with community.transactions.work(ADMIN) as work:
            gateways.claim(work, "g-2", COMMUNITY)
            spot = PointIn(id="hall", kind=kind, name_zh="活动室", name_en="Hall", area="hall", gateway_id=gateway)
            access.set_point(work, COMMUNITY, spot)
            holder = cards.row_of(work.session, point.card_id).holder_id or ""
            members.put(work, holder, MemberIn(standing=Standing.FULL, branch="第一支部", since=date(2001, 7, 1)))
        community.now[0] += TRIED_EVERY_MS
        assert await point.renew(point="hall") == 3
        assert membership(point.reader) is told
        assert await point.refused() is Code.TOO_MANY

    run(community, story)


@pytest.mark.parametrize("at", range(1, ROUND_TRIPS + 1))
def test_a_card_taken_away_may_try_again_at_once(community: Community, at: int) -> None:
    async def story(point: Point) -> None:
        card = point.reader.card
        assert card is not None
        point.reader.pull_at = at
        assert await point.refused() is Code.CARD_AWAY
        point.reader.pull_at = None
        await point.reader.put(card)
        assert await point.renew() >= 2
        assert await point.refused() is Code.TOO_MANY

    run(community, story)


def test_a_card_that_opens_nothing_any_more_is_not_renewed(community: Community) -> None:
    async def story(point: Point) -> None:
        with community.transactions.work(ADMIN) as work:
            cards.change_state(work, point.card_id, CardState.LOST)
        assert await point.refused() is Code.WRONG_STATE

    run(community, story)


def test_only_the_card_that_was_named_is_renewed(community: Community) -> None:
    async def story(point: Point) -> None:
        other = community.active_card("04FFFFFFFFFFFF")
        assert await point.refused(other.id) is Code.CARD_UNKNOWN
        assert await point.refused("01JD0000000000000000000009") is Code.CARD_UNKNOWN

    run(community, story)
