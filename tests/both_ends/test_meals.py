"""Meals at two stations and the server's books: whatever frame the card leaves at, all three agree to the fen."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.tree import Purpose, leaf_key
from card_protocol.words.event import EventKind
from card_protocol.words.point import PointKind
from server.services.purses import purses
from server.services.purses.purse_books import Proof
from server.services.sight import EVERYTHING
from server.services.work import SYSTEM
from server.tables import CardRow, PurseEntryRow
from server.tables.engine import make_engine
from tests.edge.issued import COMMUNITY, community_key
from tests.edge.served import GATEWAY, PRICE, Station, purse_of, station, whole_card
from tests.edge.words import CARD_ID, UID
from tests.server.build import NOW_MS, Community, make_community

FRAMES = 18
FEN = 4000


class Leaves:
    """What a keystore answers of the community whose cards the stations read."""

    def leaf(self, purpose: Purpose, version: int) -> SecretKey:
        return leaf_key(community_key(), COMMUNITY, purpose, version)


@pytest.fixture
def community(tmp_path: Path) -> Community:
    engine: Engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    made = make_community(engine)
    card = made.active_card(UID)
    with made.transactions.work(SYSTEM) as work:
        row = work.session.get(CardRow, card.id)
        assert row is not None
        work.session.delete(row)
        work.session.flush()
        fields = row.model_dump() | {"id": CARD_ID, "issued_ms": NOW_MS}
        work.session.add(CardRow(**fields))
        first = PurseEntryRow(
            card_id=CARD_ID, issued_ms=NOW_MS, point="desk-1", point_seq=0, amount=FEN, before=0, value=FEN,
            state="made", proof="none", at_ms=NOW_MS, heard_ms=NOW_MS, minute=1,
        )  # fmt: skip
        work.session.add(first)
    return made


def told(community: Community, *stations: Station) -> purses.LedgerView:
    with community.transactions.work(SYSTEM) as work:
        for one in stations:
            for event in one.journal.events:
                purses.hear(work, Leaves(), GATEWAY, event)  # type: ignore[arg-type]
        return purses.ledger(work.session, CARD_ID, EVERYTHING)


def canteen(folder: Path, name: str) -> Station:
    return Station(folder / name, station(PointKind.CARE, price_fen=PRICE, id=name))


@pytest.mark.parametrize("answered", [True, False], ids=["after the command", "before the command"])
@pytest.mark.parametrize("cut", range(0, FRAMES, 2))
def test_torn_at_the_north_and_paid_at_the_south(
    tmp_path: Path, community: Community, cut: int, answered: bool
) -> None:
    """The north station is offline and tells last; the card never comes back to it."""
    card = whole_card(FEN)
    north, south = canteen(tmp_path, "north"), canteen(tmp_path, "south")
    north.tap(card, cut, answered=answered)
    south.wall_ms = north.wall_ms + 600_000
    south.seq = 500
    south.tap(card)
    early = told(community, south)
    assert early.balance == purse_of(card)
    assert early.paid_in - early.spent + (early.missing or 0) == purse_of(card)
    whole = told(community, north)
    assert (whole.balance, whole.items) == (purse_of(card), [])
    assert whole.paid_in - whole.spent == purse_of(card)
    made = sum(one.journal.kinds().count(EventKind.PAYMENT_MADE) for one in (north, south))
    assert [line.proof for line in whole.lines].count(Proof.PROVEN) == made
