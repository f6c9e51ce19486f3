"""Passes end by themselves."""

import pytest
from sqlmodel import select

from card_protocol.words.card import CardState
from card_protocol.words.point import Direction
from server.services.access import access, past
from server.services.cards import cards
from server.services.people import holders
from server.services.policies import card_entries
from server.services.visitors import visitor_keeper, visitor_passes
from server.services.visitors.visitor_keeper import VisitorKeeper, look
from server.tables import EventRow, RevocationRow
from tests.server.build import ADMIN, COMMUNITY, EPOCH, NOW_MS, Community, gate
from tests.server.services.visitors.test_visitor_passes import make
from tests.support.patience import eventually


def pass_in(community: Community, card_id: str, seq: int, point: str = "south-gate-in") -> None:
    with community.transactions.work(visitor_keeper.SYSTEM) as work:
        work.session.add(
            EventRow(
                gateway_id="g-1", epoch=EPOCH, seq=seq, body=b"{}", hash=bytes(32), kind="tap", point=point,
                card_id=card_id, holder=None, reason="granted", wall_ms=NOW_MS, clock="ntp", received_ms=NOW_MS,
            )
        )  # fmt: skip


def test_when_its_hours_are_over_it_has_ended_and_needs_no_revocation(community: Community) -> None:
    made = make(community)
    assert look(community.transactions) == 0
    community.now[0] = made.to_ms
    assert look(community.transactions) == 1
    with community.transactions.read() as session:
        assert visitor_passes.get(session, made.number, made.to_ms).ended_why == "hours over"
        assert len(session.exec(select(RevocationRow)).all()) == 0
    assert look(community.transactions) == 0


def test_uses_at_all_gateways_together_end_it(community: Community) -> None:
    made = make(community, uses=2)
    pass_in(community, made.card_id, 1)
    assert look(community.transactions) == 0
    pass_in(community, made.card_id, 2)
    assert look(community.transactions) == 1
    with community.transactions.read() as session:
        assert visitor_passes.get(session, made.number, NOW_MS).ended_why == "used up"
        assert cards.get(session, made.card_id).state is CardState.REVOKED


def test_who_was_let_in_by_the_guard_counts_too(community: Community) -> None:
    made = make(community, uses=2)
    pass_in(community, made.card_id, 1)
    with community.transactions.work(ADMIN) as work:
        row = visitor_passes.row_of(work.session, made.number)
        row.let_in = 1
        work.session.add(row)
    assert look(community.transactions) == 1


def test_whose_pass_is_used_up_still_gets_out(community: Community) -> None:
    """Revoked, they would be refused at the way out, and a guard would be alarmed."""
    with community.transactions.work(ADMIN) as work:
        way_out = {"id": "south-gate-out", "direction": Direction.OUT}
        access.set_point(work, COMMUNITY, gate().model_copy(update=way_out))
    made = make(community, uses=1, points=frozenset({"south-gate-in", "south-gate-out"}))
    pass_in(community, made.card_id, 1)
    for used_up in (1, 0):
        assert look(community.transactions) == used_up
        with community.transactions.read() as session:
            (level,) = cards.levels_of(session, made.card_id)
            assert access.level_of(session, level).points == {"south-gate-out"}
            assert cards.get(session, made.card_id).state is CardState.ACTIVE
            assert visitor_passes.get(session, made.number, NOW_MS).ended_ms is None
            visitor_passes.code_of(session, made.number, community.house.keystore.grants.sign, NOW_MS)
    community.now[0] = made.to_ms
    assert look(community.transactions) == 1
    assert _ended(community, made.number)


def test_a_pass_that_is_used_up_ends_however_many_end_sooner(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor_keeper, "AT_ONCE", 1)
    made = [make(community), make(community), make(community, uses=1)]
    pass_in(community, made[2].card_id, 1)
    assert look(community.transactions) == 1
    assert [_ended(community, one.number) for one in made] == [False, False, True]


@pytest.mark.parametrize("revoked", [False, True])
def test_a_day_after_it_gateways_and_lists_know_it_no_more(community: Community, revoked: bool) -> None:
    resident = community.active_card()
    made = make(community)
    if revoked:
        with community.transactions.work(ADMIN) as work:
            visitor_passes.end(work, made.number, "was rude")
    with community.transactions.read() as session:
        before = card_entries.newest(session)
        assert {one.card_id for one in card_entries.all_of(session, COMMUNITY)} == {resident.id, made.card_id}
    community.now[0] = made.to_ms + visitor_keeper.KNOWN_AFTER_MS - 1
    look(community.transactions)
    with community.transactions.read() as session:
        assert card_entries.one(session, made.card_id) is not None, "who comes late is told that it is over"
    community.now[0] += 1
    look(community.transactions)
    look(community.transactions)
    with community.transactions.read() as session:
        assert [one.card_id for one in card_entries.all_of(session, COMMUNITY)] == [resident.id]
        assert card_entries.changed_since(session, COMMUNITY, before) == ([], [made.card_id])
        assert [one.id for one in cards.listing(session).items] == [resident.id]
        assert [one.id for one in holders.search(session).items] == [resident.holder_id]
        assert [one.id for one in cards.listing(session, holder_id=made.holder_id).items] == [made.card_id]
        assert [one.id for one in cards.listing(session, text="李客").items] == [made.card_id]
        assert past.card_at(session, made.card_id, before) is not None, "a tap of that day is decided as it was then"
        assert len(session.exec(select(RevocationRow)).all()) == revoked


def test_the_thread_looks(community: Community) -> None:
    made = make(community)
    community.now[0] = made.to_ms
    keeper = VisitorKeeper(community.transactions, every_s=0.01)
    keeper.start()
    try:
        eventually(lambda: _ended(community, made.number))
    finally:
        keeper.stop()


def _ended(community: Community, number: int) -> bool:
    with community.transactions.read() as session:
        return visitor_passes.row_of(session, number).ended_ms is not None
