"""One event's place in the record, and what shows when somebody has touched it."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from card_protocol.words.event import GENESIS
from server.services.events.place import Place, place_of
from server.services.problems import Problem
from server.services.work import SYSTEM
from server.tables import EventRow
from tests.server.build import Box, Community, tap
from tests.server.services.events.test_proof import send


@pytest.fixture
def box(community: Community) -> Box:
    """Twelve events in three batches, one of them a dead letter, one batch overlapping."""
    box = community.box()
    box.append(*(tap(n) for n in range(1, 7)), b'{"kind":"nonsense"}', *(tap(n) for n in range(8, 13)))
    for first, last in ((1, 4), (3, 9), (10, 12)):
        send(community, box, first, last)
    return box


def place(community: Community, seq: int) -> Place:
    with community.transactions.read() as session:
        row = session.exec(select(EventRow).where(EventRow.seq == seq)).one()
        return place_of(session, community.house.keystore.server.verifier, row.id or 0)


@pytest.mark.usefixtures("box")
def test_every_honest_event_follows_is_signed_and_countersigned(community: Community) -> None:
    for seq in (1, 2, 4, 5, 6, 8, 9, 10, 12):
        found = place(community, seq)
        assert (found.follows, found.signed, found.countersigned) == (True, True, True), seq
    assert place(community, 1).before == GENESIS.hex()
    assert place(community, 8).before is not None, "chained to the dead letter"
    assert (place(community, 5).upto, place(community, 12).upto) == (9, 12)


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize(
    ("change", "seq", "broken"),
    [
        ("UPDATE event SET body = (SELECT body FROM dead_letter) WHERE seq = 4", 4, "follows"),
        ("UPDATE event SET body = (SELECT body FROM dead_letter) WHERE seq = 4", 2, "signed"),
        ("DELETE FROM batch_seal", 4, "signed"),
        ("UPDATE ack_seal SET payload = signature", 4, "countersigned"),
        ("DELETE FROM ack_seal", 12, "countersigned"),
        ("UPDATE event SET hash = (SELECT hash FROM dead_letter) WHERE seq = 8", 6, "countersigned"),
    ],
)
def test_what_was_touched_shows(community: Community, change: str, seq: int, broken: str) -> None:
    with community.transactions.work(SYSTEM) as work:
        assert work.session.connection().execute(text(change)).rowcount > 0
    assert not getattr(place(community, seq), broken)


@pytest.mark.usefixtures("box")
def test_what_is_gone_cannot_be_checked_and_is_not_called_wrong(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        work.session.connection().execute(text("DELETE FROM event WHERE seq = 4"))
    assert place(community, 5).follows is None
    with community.transactions.read() as session, pytest.raises(Problem):
        place_of(session, community.house.keystore.server.verifier, 999)
