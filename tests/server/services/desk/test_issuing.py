"""A card issued at a desk: server, desk and simulated card in one test."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from card_protocol.channel.converse import converse
from card_protocol.profiles.inspect_card import Inspection, inspect_card
from card_protocol.profiles.key_bundle import unwrap_bundle
from card_protocol.profiles.revocation_delta import RevocationDelta, check_delta
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.wire.desk import CardHere
from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.desk.at_desk import issuer_keys_of
from server.services.desk.issuing import IssueIn, issue
from server.services.problems import Code, Problem
from server.tables.engine import make_engine
from tests.server.build import ADMIN, Community, Dice, make_community
from tests.server.desk import DESK, UID, Reader, stock_card

Story = Callable[[Reader], Awaitable[None]]


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    """The card does not care about the data base."""
    return make_community(sqlite_engine)


def order(community: Community, wait_ms: int = 20_000, **changes: object) -> IssueIn:
    fields = {
        "holder_id": community.holder().id,
        "desk": DESK,
        "levels": ["residents"],
        "valid_to_ms": community.now[0] + 365 * DAY_MS,
        "wait_ms": wait_ms,
    }
    return IssueIn.model_validate(fields | changes)


def run(community: Community, story: Story) -> Reader:
    async def with_reader() -> Reader:
        reader = Reader(community).join()
        await story(reader)
        return reader

    return asyncio.run(with_reader())


def refused(community: Community, story: Story) -> Problem:
    with pytest.raises(Problem) as told:
        run(community, story)
    return told.value


def test_a_blank_card_becomes_the_holders(community: Community) -> None:
    card, request, views = stock_card(), order(community), []

    async def story(reader: Reader) -> None:
        issuing = asyncio.create_task(issue(community.house, ADMIN, request))
        await asyncio.sleep(0.01)
        await reader.put(card)
        views.append(await issuing)

    reader = run(community, story)
    (view,) = views
    assert (view.state, view.uid, view.holder_id, view.levels) == (
        CardState.ACTIVE,
        UID,
        request.holder_id,
        ["residents"],
    )
    assert [show.good for show in reader.shown] == [True, True]
    assert [fact for channel, fact in community.heard if channel == "desk"][-1]["progress"] is not None
    reading = tap(community, card)
    assert isinstance(reading, CardReading)
    assert reading.header.card_id == view.id


def tap(community: Community, card: object) -> object:
    """What a door of an enrolled gateway reads."""
    box = community.box("g-1")
    assert box.enrolment is not None
    keys = unwrap_bundle(bytes.fromhex(box.enrolment.wrapped_keys), "g-1", box.opener)
    card.power_off()  # type: ignore[attr-defined]
    card.power_on()  # type: ignore[attr-defined]
    return converse(read_card(bytes.fromhex(UID), keys, Dice()), card.transmit)  # type: ignore[attr-defined]


def test_a_card_pulled_away_is_asked_for_and_finished(community: Community) -> None:
    card, request, views = stock_card(), order(community), []

    async def story(reader: Reader) -> None:
        reader.pull_at = 30
        reader.on_pull = lambda r: asyncio.get_running_loop().call_later(
            0.01, lambda: asyncio.ensure_future(r.put(card))
        )
        await reader.put(card)
        views.append(await issue(community.house, ADMIN, request))

    reader = run(community, story)
    assert views[0].state is CardState.ACTIVE
    assert "Put the same card back." in [show.en for show in reader.shown]
    assert isinstance(tap(community, card), CardReading)


def test_a_card_that_does_not_come_back_is_finished_another_day(community: Community) -> None:
    card, request, views = stock_card(), order(community, wait_ms=100), []

    async def pulled(reader: Reader) -> None:
        reader.pull_at = 30
        await reader.put(card)
        await issue(community.house, ADMIN, request)

    assert refused(community, pulled).code is Code.CARD_AWAY
    with community.transactions.read() as session:
        (begun,) = cards.listing(session).items
    assert (begun.state, begun.holder_id) == (CardState.ISSUED, request.holder_id)

    async def again(reader: Reader) -> None:
        await reader.put(card)
        views.append(await issue(community.house, ADMIN, request))

    run(community, again)
    assert (views[0].id, views[0].state) == (begun.id, CardState.ACTIVE)


def test_another_card_laid_down_instead_is_not_written(community: Community) -> None:
    card, other, request = stock_card(), stock_card("04AAAAAAAAAAAA"), order(community, wait_ms=200)

    async def story(reader: Reader) -> None:
        reader.pull_at = 10
        reader.on_pull = lambda r: asyncio.get_running_loop().call_later(
            0.01, lambda: asyncio.ensure_future(r.put(other))
        )
        await reader.put(card)
        await issue(community.house, ADMIN, request)

    assert refused(community, story).code is Code.CARD_AWAY


def test_a_card_of_another_community_is_no_stock_and_leaves_nothing(community: Community, tmp_path: Path) -> None:
    foreign = stock_card()
    other = make_community(make_engine(f"sqlite:///{tmp_path / 'other.db'}"), Dice(1000))

    async def at_home(reader: Reader) -> None:
        await reader.put(foreign)
        await issue(other.house, ADMIN, order(other))

    run(other, at_home)
    request = order(community)

    async def story(reader: Reader) -> None:
        await reader.put(foreign)
        await issue(community.house, ADMIN, request)

    assert refused(community, story).code is Code.CARD_NOT_STOCK
    with community.transactions.read() as session:
        assert cards.listing(session).items == []


def test_a_card_in_use_is_no_stock(community: Community) -> None:
    card = stock_card()

    async def story(reader: Reader) -> None:
        await reader.put(card)
        await issue(community.house, ADMIN, order(community))
        await issue(community.house, ADMIN, order(community))

    assert refused(community, story).code is Code.CARD_NOT_STOCK


def test_other_chips_are_no_stock(community: Community) -> None:
    async def story(reader: Reader) -> None:
        assert reader.desk is not None
        await reader.desk.heard(CardHere(uid="DEADBEEF"))
        await issue(community.house, ADMIN, order(community))

    told = refused(community, story)
    assert told.code is Code.CARD_NOT_STOCK


def test_without_desk_or_card_or_holder_nothing_happens(community: Community) -> None:
    async def nothing(_reader: Reader) -> None:
        await issue(community.house, ADMIN, order(community, wait_ms=100))

    async def elsewhere(_reader: Reader) -> None:
        await issue(community.house, ADMIN, order(community, desk="desk-9"))

    async def nobody(_reader: Reader) -> None:
        await issue(community.house, ADMIN, order(community, holder_id="01HZZZZZZZZZZZZZZZZZZZZZZZ"))

    for story, code in ((nothing, Code.NO_CARD), (elsewhere, Code.DESK_AWAY), (nobody, Code.NOT_FOUND)):
        assert refused(community, story).code is code
    with community.transactions.read() as session:
        assert cards.listing(session).items == []


def test_a_level_that_is_not_there_is_told_before_anything_is_written(community: Community) -> None:
    card = stock_card()

    async def story(reader: Reader) -> None:
        await reader.put(card)
        await issue(community.house, ADMIN, order(community, levels=["moon"]))

    assert refused(community, story).code is Code.INVALID


def test_the_view_of_what_was_issued_is_what_the_list_shows(community: Community) -> None:
    views: list[CardView] = []

    async def story(reader: Reader) -> None:
        await reader.put(stock_card())
        views.append(await issue(community.house, ADMIN, order(community)))

    run(community, story)
    with community.transactions.read() as session:
        assert cards.listing(session).items == views


def test_a_new_card_carries_the_revocations_of_its_day(community: Community) -> None:
    lost, card = community.active_card(), stock_card()
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, lost.id, CardState.LOST)

    async def story(reader: Reader) -> None:
        await reader.put(card)
        await issue(community.house, ADMIN, order(community))

    run(community, story)
    keystore = community.house.keystore
    raw = converse(inspect_card(bytes.fromhex(UID), issuer_keys_of(community.house), Dice()), card.transmit)
    assert isinstance(raw, Inspection)
    assert raw.access is not None
    delta = check_delta(raw.access.revocations, keystore.community, keystore.grants.verifier.verify)
    assert isinstance(delta, RevocationDelta)
    assert [entry.card_id for entry in delta.entries] == [lost.id]
