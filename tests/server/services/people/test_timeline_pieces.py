"""Pieces: each the latest of its kind before a time, and of this person alone."""

from sqlmodel import select

from server.services.people import holders
from server.services.people.timeline_kinds import Kind
from server.services.people.timeline_pieces import PIECES
from server.tables import CardRow, EventRow
from tests.server.build import ADMIN, NOW_MS, Community
from tests.server.services.people.every_kind import everything_happened


def test_each_piece_finds_its_own_before_a_time_and_of_nobody_else(community: Community) -> None:
    who = everything_happened(community)
    other = community.holder("单建国", house="9-9-909")
    with community.transactions.read() as session:
        row, stranger = holders.row_of(session, who), holders.row_of(session, other.id)
        for kind, piece in PIECES.items():
            found = piece(session, row, 2**62, 30)
            assert [moment.kind for moment in found] == [kind], kind
            assert piece(session, row, NOW_MS - 10**8, 30) == [], kind
            assert piece(session, stranger, 2**62, 30) == [], kind
        (visit,) = PIECES[Kind.VISIT](session, row, 2**62, 30)
        assert (visit.text, visit.number) == ("王秀英", None)


def test_who_comes_home_to_their_own_door_is_no_visit(community: Community) -> None:
    who = everything_happened(community)
    with community.transactions.work(ADMIN) as work:
        own = work.session.exec(select(CardRow).where(CardRow.holder_id == who)).one()
        (at_home,) = work.session.exec(select(EventRow).where(EventRow.point == "home"))
        at_home.card_id = own.id
        work.session.add(at_home)
    with community.transactions.read() as session:
        assert PIECES[Kind.VISIT](session, holders.row_of(session, who), 2**62, 30) == []
