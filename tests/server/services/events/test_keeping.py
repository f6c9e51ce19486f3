"""How long events stay, on both data bases, and what a proof says afterwards."""

import pytest

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.moment import DAY_MS
from server.intake.processor import Message, Processor
from server.services.events import keeping
from server.services.events.chain_check import Finding, Kind
from server.services.events.keeping import EventKeeper, look_after_events
from server.services.events.proof import verify_all
from server.services.work import SYSTEM
from server.tables.engine import is_sqlite
from server.tables.partitions import Month, months
from tests.server.build import Box, Community, tap
from tests.support.patience import eventually


@pytest.fixture
def box(community: Community) -> Box:
    made = community.box("g-1")
    made.append(*(tap(n) for n in range(1, 13)), b"{}", *(tap(n) for n in range(14, 20)))
    return made


def bring(community: Community, box: Box, first: int, last: int) -> None:
    message = Message(topic("g-1", Channel.EVENTS), box.sealed("batch", box.batch(first, last)))
    processor = Processor(community.transactions, community.house.keystore)
    assert processor.process([message]).refused == 0


def findings(community: Community) -> tuple[tuple[Finding, ...], bool]:
    with community.transactions.snapshot() as session:
        (report,) = verify_all(session, community.house.keystore.server.verifier)
    return report.findings, report.complete


def test_old_months_go_and_the_proof_says_so_and_stays_whole(community: Community, box: Box) -> None:
    """March 1st to 12 and a dead letter, in April the rest; the second batch brings some of the first again."""
    bring(community, box, 1, 5)
    bring(community, box, 6, 14)
    community.now[0] += 40 * DAY_MS
    look_after_events(community.transactions, 7)
    bring(community, box, 11, 17)
    assert findings(community)[1]
    assert look_after_events(community.transactions, 7) == [], "nothing is old yet"
    community.now[0] += 210 * DAY_MS
    assert look_after_events(community.transactions, None) == [], "without a limit everything stays"
    assert look_after_events(community.transactions, 7) == [Month(2026, 3)]
    assert findings(community) == ((Finding(Kind.EXPIRED, 1, 14),), True)
    bring(community, box, 18, 19)
    assert findings(community) == ((Finding(Kind.EXPIRED, 1, 14),), True)
    community.now[0] += 60 * DAY_MS
    assert look_after_events(community.transactions, 7)[0] == Month(2026, 4)
    assert findings(community)[0][:2] == (Finding(Kind.EXPIRED, 1, 14), Finding(Kind.EXPIRED, 15, 17))
    community.now[0] += 400 * DAY_MS
    look_after_events(community.transactions, 7)
    assert findings(community)[1], "a journal of which nothing is left is complete too"
    assert {row.kind for row in findings(community)[0]} == {Kind.EXPIRED}


def test_removing_too_much_is_still_found(community: Community, box: Box) -> None:
    bring(community, box, 1, 12)
    community.now[0] += 400 * DAY_MS
    look_after_events(community.transactions, 7)
    bring(community, box, 13, 19)
    with community.transactions.work(SYSTEM) as work:
        table = keeping._EVENT
        work.session.execute(table.delete().where(table.c.seq.in_([14, 19])))
    found, complete = findings(community)
    assert not complete
    assert Finding(Kind.MISSING, 14, 14) in found
    assert Finding(Kind.MISSING, 19, 19) in found


def test_the_keeper_looks_at_once(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LOOK_EVERY_S", 0.01)
    looks: list[int] = []
    real = keeping.look_after_events

    def look(transactions: object, keep_months: int | None) -> object:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError("the data base is away")
        return real(transactions, keep_months)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "look_after_events", look)
    keeper = EventKeeper(community.transactions, 7)
    keeper.start()
    eventually(lambda: len(looks) > 2)
    keeper.stop()
    if not is_sqlite(community.transactions.engine):
        with community.transactions.read() as session:
            assert months(session.connection())[0] == Month(2026, 3)
