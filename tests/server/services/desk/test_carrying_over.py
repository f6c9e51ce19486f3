"""A lost card's money onto its replacement: server, desk and simulated cards in one test, to the last fen."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from card_protocol.words.card import CardState
from card_protocol.words.moment import MINUTE_MS
from server.services.cards import cards
from server.services.desk.carrying_over import CarryIn, carry_over
from server.services.desk.issuing import issue
from server.services.desk.topping_up import ToppedUp
from server.services.gateways import gateways
from server.services.problems import Code, Problem
from server.services.purses import moving, purses
from server.services.purses.carry_over import Why
from server.services.sight import EVERYTHING
from server.services.work import SYSTEM
from tests.server.build import ADMIN, Box, Community, make_community
from tests.server.desk import DESK, Reader, stock_card
from tests.server.services.desk.test_issuing import order
from tests.server.services.desk.test_topping_up import held, put_on
from tests.server.services.purses.test_purses import begun, hear, station

NEW_UID = "04AABBCCDDEEFF"


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


class Replaced:
    """Somebody whose card was lost with ¥50.00 on it, and whose new one lies on the desk."""

    def __init__(self, community: Community, reader: Reader, box: Box) -> None:
        self.community, self.reader, self.box = community, reader, box
        self.lost = self.new = self.holder = ""

    def state(self, *, rev_seq: int = 9, head_seq: int = 5, acked_seq: int = 5) -> None:
        """What the station's gateway says a while later."""
        self.community.now[0] += 2 * MINUTE_MS
        at = self.community.now[0]
        said = self.box.state(rev_seq=rev_seq, head_seq=head_seq, acked_seq=acked_seq, at_ms=at)
        with self.community.transactions.work(SYSTEM) as work:
            gateways.note_state(work, said)

    def heard(self) -> None:
        """It applied the revocation, and told everything a while later."""
        self.state()
        self.state()

    def why(self) -> list[Why]:
        with self.community.transactions.read() as session:
            return [one.why for one in moving.of_card(session, self.lost).hindrances]

    def balance(self, card: str) -> int | None:
        with self.community.transactions.read() as session:
            return purses.ledger(session, card, EVERYTHING).balance

    async def move(self, **more: str) -> ToppedUp:
        wanted = {"desk": DESK, "from_card": self.lost, "wait_ms": 300} | more
        return await carry_over(self.community.house, ADMIN, CarryIn.model_validate(wanted))


def told(community: Community, story: Callable[[Replaced], Awaitable[None]]) -> None:
    async def whole() -> None:
        box = community.box("g-1")
        station(community)
        reader = Reader(community).join()
        await reader.put(stock_card())
        one = Replaced(community, reader, box)
        first = await issue(community.house, ADMIN, order(community))
        one.lost, one.holder = first.id, first.holder_id or ""
        await put_on(community, 5000)
        with community.transactions.work(ADMIN) as work:
            cards.change_state(work, one.lost, CardState.LOST, why="bus")
        await reader.take()
        await reader.put(stock_card(NEW_UID))
        one.new = (await issue(community.house, ADMIN, order(community, holder_id=one.holder))).id
        await story(one)

    asyncio.run(whole())


def refusal(problem: pytest.ExceptionInfo[Problem]) -> Code:
    return problem.value.code


def test_only_when_the_station_denies_it_and_has_told_everything(community: Community) -> None:
    async def story(one: Replaced) -> None:
        for step, why in (
            (lambda: None, Why.PAYS),
            (lambda: one.state(rev_seq=0), Why.PAYS),
            (one.state, Why.SILENT),
            (lambda: one.state(head_seq=7), Why.SILENT),
        ):
            step()
            assert one.why() == [why]
            with pytest.raises(Problem) as problem:
                await one.move(waive="quick")
            assert refusal(problem) is Code.WRONG_STATE
        one.state(head_seq=7, acked_seq=7)
        assert one.why() == []
        done = await one.move()
        assert (done.amount, done.value, held(one.reader)) == (5000, 5000, 5000)
        assert one.balance(one.new) == 5000
        assert one.why() == [Why.MOVED]

    told(community, story)


def test_it_moves_once_and_the_lost_card_never_works_again(community: Community) -> None:
    async def story(one: Replaced) -> None:
        one.heard()
        await one.move()
        with pytest.raises(Problem) as problem:
            await one.move(waive="again")
        assert refusal(problem) is Code.WRONG_STATE
        assert held(one.reader) == 5000
        with one.community.transactions.work(ADMIN) as work:
            assert cards.row_of(work.session, one.lost).state == CardState.REVOKED
            with pytest.raises(Problem):
                cards.change_state(work, one.lost, CardState.SUSPENDED)

    told(community, story)


@pytest.mark.parametrize("at", [8, 12, 14, 15])
def test_a_card_pulled_away_anywhere_has_it_once(community: Community, at: int) -> None:
    async def story(one: Replaced) -> None:
        one.heard()
        card = one.reader.card
        assert card is not None
        one.reader.sent, one.reader.pull_at = 0, at
        with pytest.raises(Problem) as problem:
            await one.move()
        assert refusal(problem) is Code.CARD_AWAY
        one.reader.pull_at = None
        await one.reader.put(card)
        with contextlib.suppress(Problem):  # the card had it already, and only the answer was lost
            await one.move()
        assert held(one.reader) == one.balance(one.new) == 5000
        assert one.why() == [Why.MOVED]

    told(community, story)


def test_a_payment_of_which_nobody_knows_stays_behind_with_a_reason(community: Community) -> None:
    async def story(one: Replaced) -> None:
        hear(community, begun(one.lost, 1, 1))
        one.heard()
        assert one.why() == [Why.OPEN]
        with pytest.raises(Problem):
            await one.move()
        done = await one.move(waive="¥8 在照料中心未决，居民同意")
        assert (done.amount, held(one.reader)) == (4200, 4200)

    told(community, story)


def test_neither_the_same_card_nor_another_persons_nor_a_full_purse(community: Community) -> None:
    async def story(one: Replaced) -> None:
        one.heard()
        await put_on(community, 99_000)
        with pytest.raises(Problem) as problem:
            await one.move()
        assert refusal(problem) is Code.PURSE_FULL
        assert one.why() == [], "nothing was begun"
        await one.reader.take()
        await one.reader.put(stock_card("04999999999999"))
        await issue(community.house, ADMIN, order(community))
        with pytest.raises(Problem) as problem:
            await one.move()
        assert refusal(problem) is Code.INVALID

    told(community, story)
