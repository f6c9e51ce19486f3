"""Events end by the kind of their point, the oldest first, and their hashes stay."""

from sqlmodel import select

from card_protocol.words.point import PointKind
from server.services.privacy import event_ends
from server.services.privacy.event_ends import POINTS_OF
from server.tables import EventGoneRow, EventRow
from tests.server.build import ADMIN, Community
from tests.server.services.privacy.lives import lived, put_event


def test_every_kind_of_point_belongs_to_one_purpose() -> None:
    kinds = [kind for several in POINTS_OF.values() for kind in several]
    assert sorted(kinds) == sorted(PointKind)


def test_the_oldest_go_first_and_leave_their_hash(community: Community) -> None:
    life = lived(community)
    for seq in (1, 2, 3):
        put_event(community, seq, life, "clinic")
    with community.transactions.work(ADMIN) as work:
        assert event_ends.let_go(work, event_ends.at({PointKind.GATE})) == 0
        assert event_ends.let_go(work, event_ends.at({PointKind.CLINIC}), most=2) == 2
        assert list(work.session.exec(select(EventRow.seq))) == [3]
        left = list(work.session.exec(select(EventGoneRow).order_by(EventGoneRow.seq)))
        assert [bytes(row.hash)[0] for row in left] == [1, 2]
        assert [row.event_id for row in left] == sorted(row.event_id for row in left)
