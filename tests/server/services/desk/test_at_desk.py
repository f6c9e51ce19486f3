"""A conversation over a desk that is interrupted."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from card_protocol.profiles.recycle import Recycled, recycle
from card_protocol.profiles.refusal import CardRefusal, Cause
from server.services.desk import at_desk
from server.services.problems import TEXTS, Code, Problem
from tests.server.build import Community, Dice, make_community
from tests.server.desk import DESK, UID, Reader, stock_card


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def blank(
    community: Community, prepare: Callable[[Reader], Awaitable[None]], wait_ms: int = 2000
) -> tuple[object, list[str]]:
    """The outcome of making a card blank, and what the desk showed."""

    async def story() -> tuple[object, list[str]]:
        reader = Reader(community).join()
        await reader.put(stock_card())
        await prepare(reader)
        assert reader.desk is not None
        keys = at_desk.issuer_keys_of(community.house)
        outcome = await at_desk.converse_with(
            reader.desk, UID, wait_ms, lambda: recycle(bytes.fromhex(UID), keys, Dice())
        )
        return outcome, [show.en for show in reader.shown]

    return asyncio.run(story())


def test_a_card_that_lies_still_is_asked_for_nothing(community: Community) -> None:
    async def nothing(_reader: Reader) -> None:
        pass

    outcome, shown = blank(community, nothing)
    assert isinstance(outcome, Recycled)
    assert shown == []


def test_another_card_is_named_as_such_and_the_right_one_carries_on(community: Community) -> None:
    async def two_cards(reader: Reader) -> None:
        card, other = reader.card, stock_card("04AAAAAAAAAAAA")
        assert card is not None

        async def confuse() -> None:
            await reader.put(other)
            await asyncio.sleep(0.02)
            await reader.take()
            await reader.put(card)

        reader.pull_at = 2
        reader.on_pull = lambda _: asyncio.get_running_loop().call_later(0.02, lambda: asyncio.ensure_future(confuse()))

    outcome, shown = blank(community, two_cards)
    assert isinstance(outcome, Recycled)
    told = [(fact["uid"], fact["wanted"]) for channel, fact in community.heard if channel == "desk"]
    assert (None, UID) in told, "screens hear that it is to be put back"
    assert ("04AAAAAAAAAAAA", UID) in told
    assert told[-1][1] is None
    assert shown == ["Put the same card back.", "This is another card. Put the same card back."]


@pytest.mark.parametrize("apdu", range(2, 9))
def test_a_card_that_was_without_a_field_for_a_moment_is_begun_again(community: Community, apdu: int) -> None:
    """It forgot the session and refused what followed (919D): that is no fault of the card."""

    async def reset(reader: Reader) -> None:
        reader.reset_at = apdu

    outcome, shown = blank(community, reset)
    assert isinstance(outcome, Recycled)
    assert set(shown) <= {"Put the same card back."}


def test_a_card_that_stays_away_is_a_refusal(community: Community) -> None:
    async def pulled(reader: Reader) -> None:
        reader.pull_at = 2

    outcome, shown = blank(community, pulled, wait_ms=100)
    assert isinstance(outcome, CardRefusal)
    assert outcome.cause is Cause.PULLED_AWAY
    assert shown == ["Put the same card back."]


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (Cause.PULLED_AWAY, Code.CARD_AWAY),
        (Cause.SILENT, Code.CARD_AWAY),
        (Cause.SESSION_LOST, Code.CARD_AWAY),
        (Cause.NO_APPLICATION, Code.CARD_UNKNOWN),
        (Cause.NOT_GENUINE, Code.CARD_UNKNOWN),
        (Cause.CARD_FULL, Code.CARD_FAULT),
    ],
)
def test_a_refusal_is_a_problem(cause: Cause, code: Code) -> None:
    assert at_desk.problem_of(CardRefusal(cause, "why")).code is code


def test_a_problem_is_shown_at_the_desk_and_frees_it(community: Community) -> None:
    reader = Reader(community)

    async def story() -> None:
        reader.join()
        async with at_desk.claimed(community.house, DESK) as desk:
            desk.tell_progress(1, 8)
            await at_desk.any_card(desk, 100)

    with pytest.raises(Problem):
        asyncio.run(story())
    assert [show.en for show in reader.shown] == ["Put the card on the reader.", TEXTS[Code.NO_CARD].en]
    assert reader.desk is not None
    assert not reader.desk.busy
    assert reader.desk.progress is None
