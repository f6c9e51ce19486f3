"""Money onto a card at a desk: server, desk and simulated card in one test."""

import asyncio

import pytest
from sqlalchemy import Engine

from card_protocol.words.moment import local_day_and_minute
from server.services.desk.issuing import issue
from server.services.desk.topping_up import ToppedUp, TopUpIn, top_up
from server.services.problems import Code, Problem
from server.services.purses import purses, subsidies
from server.services.purses.purse_books import Fate
from server.services.purses.purses import LedgerView
from server.services.purses.subsidies import SubsidyIn
from server.services.sight import EVERYTHING
from server.services.work import SYSTEM
from tests.server.build import ADMIN, Community, make_community
from tests.server.desk import DESK, Reader, stock_card
from tests.server.services.desk.test_issuing import order
from tests.server.services.purses.test_purses import made


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


async def issued(community: Community) -> tuple[Reader, str]:
    reader = Reader(community).join()
    await reader.put(stock_card())
    view = await issue(community.house, ADMIN, order(community))
    reader.sent = 0
    return reader, view.id


async def put_on(community: Community, amount: int, **more: object) -> ToppedUp:
    wanted = {"desk": DESK, "amount": amount, "wait_ms": 300} | more
    return await top_up(community.house, ADMIN, TopUpIn.model_validate(wanted))


def ledger(community: Community, card_id: str) -> LedgerView:
    with community.transactions.read() as session:
        return purses.ledger(session, card_id, EVERYTHING)


def held(reader: Reader) -> int:
    assert reader.card is not None
    return int(reader.card.state.applications[0x0C4A06].files[1].value)  # type: ignore[union-attr]


def test_money_comes_onto_the_card_and_into_the_books(community: Community) -> None:
    async def story() -> None:
        reader, card_id = await issued(community)
        assert (await put_on(community, 5000)).value == 5000
        done = await put_on(community, 3000, card_id=card_id)
        assert (done.amount, done.value, held(reader)) == (3000, 8000, 8000)
        assert reader.shown[-1].en == "Done. The card holds ¥80.00."
        found = ledger(community, card_id)
        assert [(line.amount, line.value, line.actor) for line in found.lines] == [
            (3000, 8000, ADMIN.name),
            (5000, 5000, ADMIN.name),
        ]
        assert (found.balance, found.items) == (8000, [])

    asyncio.run(story())


@pytest.mark.parametrize("at", [1, 6, 9, 11, 13, 14, 15])
def test_a_card_pulled_away_and_put_back_gets_it_once(community: Community, at: int) -> None:
    async def story() -> None:
        reader, card_id = await issued(community)
        card, reader.pull_at = reader.card, at
        assert card is not None
        reader.on_pull = lambda one: one.put_soon(card)
        await put_on(community, 5000)
        assert held(reader) == 5000
        assert ledger(community, card_id).balance == 5000

    asyncio.run(story())


@pytest.mark.parametrize("lost_answer", [True, False])
def test_a_card_that_never_came_back_is_settled_at_its_next_visit(community: Community, lost_answer: bool) -> None:
    """Torn at the commit: the card had it, or it had not. Who begins again has it once either way."""

    async def story() -> None:
        reader, card_id = await issued(community)
        card = reader.card
        assert card is not None
        await put_on(community, 100)
        commands, reader.sent, reader.pull_at = reader.sent, 0, reader.sent
        if lost_answer:
            reader.on_pull = lambda _one: None
            reader.pull_at = None
            _lose_answer(reader, commands)
        with pytest.raises(Problem) as told:
            await put_on(community, 5000)
        assert told.value.code is Code.CARD_AWAY
        (item,) = ledger(community, card_id).items
        assert (item.kind, item.amount) == ("torn", 5000)
        reader.pull_at = None
        await reader.put(card)
        done = await put_on(community, 5000)
        assert (done.value, held(reader)) == (5100, 5100)
        found = ledger(community, card_id)
        assert (found.balance, found.items) == (5100, [])
        assert [line.fate for line in found.lines].count(Fate.DONE) == 2

    def _lose_answer(reader: Reader, number: int) -> None:
        send = reader._send

        async def losing(message: object) -> None:
            if getattr(message, "data", None) is not None and reader.sent + 1 == number and reader.card is not None:
                reader.card.transmit(bytes.fromhex(message.data))  # type: ignore[attr-defined]
                await reader.take()
                reader.sent += 1
                return
            await send(message)  # type: ignore[arg-type]

        assert reader.desk is not None
        reader.desk._send = losing  # type: ignore[assignment]

    asyncio.run(story())


def test_a_purse_at_its_limit_and_another_card(community: Community) -> None:
    async def story() -> None:
        reader, _ = await issued(community)
        await put_on(community, 99_000)
        for amount, more, code in (
            (1001, {}, Code.PURSE_FULL),
            (0, {}, Code.INVALID),
            (100, {"card_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, Code.OTHER_CARD),
        ):
            with pytest.raises(Problem) as told:
                await put_on(community, amount, **more)
            assert told.value.code is code
        assert held(reader) == 99_000
        assert (await put_on(community, 1000)).value == 100_000

    asyncio.run(story())


def test_the_subsidy_that_is_due_comes_with_it_once(community: Community) -> None:
    async def story() -> None:
        reader, card_id = await issued(community)
        today = local_day_and_minute(community.now[0])[0]
        with community.transactions.work(ADMIN) as work:
            holder = purses.ledger(work.session, card_id, EVERYTHING).holder_id or ""
            subsidies.give(work, holder, SubsidyIn(per_meal=400, day_limit=600, first=today))
        await put_on(community, 5000)
        with community.transactions.work(SYSTEM) as work:
            for seq in (1, 2):
                event = made(card_id, seq, seq, 5000 - 800 * seq)
                purses.hear(work, community.house.keystore, "g-1", event)
            assert subsidies.due_now(work.session, holder) == 600
        done = await put_on(community, 0)
        assert (done.amount, done.subsidy, held(reader)) == (600, 600, 5600)
        with community.transactions.read() as session:
            assert subsidies.standing(session, holder).model_dump() == {"accrued": 600, "paid": 600, "due": 0}

    asyncio.run(story())
