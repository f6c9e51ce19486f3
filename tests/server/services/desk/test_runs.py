"""Many cards one after the other at one desk: server, desk and simulated cards in one test."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from firmware_sim.card.card import Card
from server.services.cards import cards
from server.services.desk import runs
from server.services.desk.issuing import issue
from server.services.desk.recycling import recycle_card
from server.services.desk.runs import Kind, Run, Runs, Stage
from server.services.problems import Code, Problem
from server.services.work import Actor
from server.tables import AuditRow
from tests.server.build import Community, make_community
from tests.server.desk import DESK, Reader, stock_card
from tests.server.services.desk.test_issuing import order
from tests.server.services.desk.test_recycling import JOB

CLERK = Actor("user:clerk", "admin", "u1")
PATIENCE_S = 60
UIDS = ("04112233445501", "04112233445502", "04112233445503")


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


@dataclass
class Desk:
    """A reader, runs at it, and somebody who waits for what they are told."""

    community: Community
    reader: Reader
    runs: Runs
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self, kind: Kind, *people: str) -> Run:
        until = self.community.now[0] + 30 * DAY_MS
        levels = ["residents"] if kind is Kind.ISSUE else []
        return self.runs.start(CLERK, kind, DESK, people=list(people), levels=levels, valid_to_ms=until)

    async def until(self, run: Run, stage: Stage) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while run.stage is not stage:
                self.news.clear()
                await self.news.wait()

    async def lay(self, run: Run, card: Card) -> None:
        """Lay a card down when asked, and take it away when asked."""
        await self.until(run, Stage.PUT)
        await self.reader.put(card)
        await self.until(run, Stage.TAKE)
        await self.reader.take()

    async def enough(self, run: Run) -> None:
        await self.until(run, Stage.PUT)
        self.runs.stop(run)
        await self.until(run, Stage.OVER)


def play(community: Community, story: Callable[[Desk], Awaitable[None]]) -> None:
    async def with_reader() -> None:
        news = asyncio.Event()
        await story(Desk(community, Reader(community).join(), Runs(community.house, news.set), news))

    asyncio.run(with_reader())


def names(run: Run) -> list[str | None]:
    return [line.card.holder_name if line.card else None for line in run.good]


def test_a_list_of_people_each_with_the_card_that_is_laid_down_next(community: Community) -> None:
    people = [community.holder(name, house=f"3-1-{n}").id for n, name in enumerate(("王秀英", "李建国"), 501)]

    async def story(desk: Desk) -> None:
        run = desk.start(Kind.ISSUE, *people)
        for uid in UIDS[:2]:
            await desk.lay(run, stock_card(uid))
        await desk.until(run, Stage.OVER)
        assert (names(run), run.left) == (["王秀英", "李建国"], 0)
        assert {line.card.state for line in run.lines if line.card} == {CardState.ACTIVE}

    play(community, story)


def test_a_wrong_card_is_told_and_the_person_still_gets_theirs(community: Community) -> None:
    first, second = (community.holder(name, house="3-1-501").id for name in ("王秀英", "李建国"))
    taken = stock_card(UIDS[0])

    async def story(desk: Desk) -> None:
        run = desk.start(Kind.ISSUE, first, second)
        await desk.lay(run, taken)
        await desk.lay(run, taken)
        assert run.lines[-1].problem is Code.CARD_NOT_STOCK
        assert run.lines[-1].who == "李建国"
        assert run.left == 1
        await desk.lay(run, stock_card(UIDS[1]))
        await desk.until(run, Stage.OVER)
        assert names(run) == ["王秀英", "李建国"]
        assert any("Take the card away" in shown.en and not shown.good for shown in desk.reader.shown)

    play(community, story)


def test_who_is_not_there_waits_at_the_end_and_a_run_can_be_stopped(community: Community) -> None:
    first, second = (community.holder(name, house="3-1-501").id for name in ("王秀英", "李建国"))

    async def story(desk: Desk) -> None:
        run = desk.start(Kind.ISSUE, first, second)
        await desk.until(run, Stage.PUT)
        desk.runs.skip(run)
        assert desk.runs.mine("u1") == [run]
        await desk.lay(run, stock_card(UIDS[0]))
        await desk.enough(run)
        assert (names(run), run.people) == (["李建国"], [first])
        assert desk.runs.mine("u1") == []
        with pytest.raises(Problem):
            desk.runs.get(run.id, "somebody else")

    play(community, story)


def test_a_desk_that_hangs_up_is_waited_for(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "AWAY_MS", 1)
    person = community.holder("王秀英", house="3-1-501").id

    async def story(desk: Desk) -> None:
        run = desk.start(Kind.ISSUE, person)
        await desk.until(run, Stage.PUT)
        assert desk.reader.desk is not None
        await community.house.desks.leave(desk.reader.desk)
        await desk.until(run, Stage.AWAY)
        desk.reader = Reader(community).join()
        await desk.lay(run, stock_card(UIDS[0]))
        await desk.until(run, Stage.OVER)
        assert names(run) == ["王秀英"]

    play(community, story)


def test_the_same_with_every_card(community: Community) -> None:
    """Given out, looked at, renewed and made blank: one card through three runs."""
    card = stock_card(UIDS[0])

    async def story(desk: Desk) -> None:
        await desk.reader.put(card)
        await issue(community.house, CLERK, order(community))
        await desk.reader.take()
        became = []
        for kind in (Kind.LOOK, Kind.RENEW, Kind.BLANK, Kind.LOOK, Kind.BLANK):
            run = desk.start(kind)
            await desk.lay(run, card)
            await desk.enough(run)
            (line,) = run.lines
            assert line.card is not None
            became.append((line.problem, line.card.state))
            if line.problem is Code.IN_USE:
                assert line.card.holder_name == "王秀英"
                with community.transactions.work(CLERK) as work:
                    cards.change_state(work, line.card.id, CardState.RETURNED, why="given back")
        active, returned = CardState.ACTIVE, CardState.RETURNED
        assert became == [
            (None, active), (None, active), (Code.IN_USE, active), (None, returned), (None, CardState.STOCK),
        ]  # fmt: skip

    play(community, story)


def test_a_drawer_is_counted_against_the_record(community: Community) -> None:
    blank, gone = stock_card(UIDS[0]), stock_card(UIDS[1])
    active = community.active_card(UIDS[2])

    async def story(desk: Desk) -> None:
        for card in (gone, blank):
            await desk.reader.put(card)
            await issue(community.house, CLERK, order(community))
            await recycle_card(community.house, CLERK, JOB)
            await desk.reader.take()
        run = desk.start(Kind.COUNT)
        for card in (blank, blank, stock_card(UIDS[2]), stock_card("04AABBCCDDEE01")):
            await desk.lay(run, card)
        await desk.until(run, Stage.PUT)
        found = await asyncio.to_thread(runs.record_count, community.house, CLERK, run)
        with community.transactions.read() as session:
            lost = cards.of_uid(session, UIDS[1])
            assert lost is not None
            assert runs.in_stock(session) == 2
            (told,) = session.exec(select(AuditRow).where(AuditRow.action == "card.count"))
        assert (found.in_stock, found.fresh, found.missing) == (1, 1, [lost.number])
        assert [line.card.number for line in found.strange if line.card] == [active.number]
        assert [line.problem for line in run.lines] == [None, Code.EXISTS, None, None]
        assert '"missing":1' in told.after.replace(" ", "")
        await desk.enough(run)

    play(community, story)


def test_what_cannot_begin_says_why(community: Community) -> None:
    async def story(desk: Desk) -> None:
        for people in ((), [f"{n:026}" for n in range(runs.PEOPLE_MAX + 1)]):
            with pytest.raises(Problem) as told:
                desk.start(Kind.ISSUE, *people)
            assert told.value.code is Code.INVALID
        run = desk.start(Kind.COUNT)
        with pytest.raises(Problem) as told:
            desk.start(Kind.LOOK)
        assert told.value.code is Code.DESK_BUSY
        await desk.enough(run)

    play(community, story)
