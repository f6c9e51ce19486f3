"""Events for screens."""

import pytest
from sqlalchemy import event as sql_event

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.reason import Reason
from server.intake.processor import Message, Processor
from server.services.events import events
from server.services.events.events import EventFilter
from server.services.people import holders
from server.services.problems import Problem
from server.services.sight import EVERYTHING
from tests.server.build import NOW_MS, Box, Community, tap


@pytest.fixture
def box(community: Community) -> Box:
    """A gateway that has sent five taps."""
    card = community.active_card()
    with community.transactions.read() as session:
        pseudonym = holders.get(session, card.holder_id or "").pseudonym
    box = community.box()
    reasons = (Reason.GRANTED, Reason.REVOKED, Reason.GRANTED)
    box.append(*(tap(n, card.id, reason, holder=pseudonym) for n, reason in enumerate(reasons, 1)))
    box.append(tap(4, None, Reason.UNKNOWN, uid="04AABBCCDDEEFF"), tap(5, None, Reason.FOREIGN))
    message = Message(topic("g-1", Channel.EVENTS), box.sealed("batch", box.batch(1, 5)))
    Processor(community.transactions, community.house.keystore).process([message])
    return box


@pytest.mark.usefixtures("box")
def test_an_event_has_the_names_that_only_the_server_knows(community: Community) -> None:
    with community.transactions.read() as session:
        newest, *_, oldest = events.query(session, EventFilter(), sight=EVERYTHING).items
        assert events.get(session, oldest.id, sight=EVERYTHING) == oldest
    assert (oldest.name, oldest.house, oldest.card_number, oldest.granted) == ("王秀英", "3-1-502", 1, True)
    assert (oldest.seq, oldest.gateway, oldest.received_ms) == (1, "g-1", community.now[0])
    assert (newest.seq, newest.name, newest.card_number, newest.granted) == (5, None, None, False)


def test_what_is_rare_is_found_without_walking_over_the_taps(community: Community, box: Box) -> None:
    moment = Moment(wall_ms=NOW_MS + 6, mono_ns=6, boot="b1", clock=ClockQuality.NTP)
    box.append(note_event(EventKind.DOOR_FORCED, moment, "south-gate-in").to_bytes())
    box.append(note_event(EventKind.EGRESS, moment, "south-gate-in").to_bytes())
    message = Message(topic("g-1", Channel.EVENTS), box.sealed("batch", box.batch(6, 7)))
    Processor(community.transactions, community.house.keystore).process([message])
    asked: list[tuple[str, object]] = []
    with community.transactions.read() as session:
        connection = session.connection()
        sql_event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        rare = events.query(session, EventFilter(gateway="g-1", rare=True), sight=EVERYTHING).items
        refused = events.query(session, EventFilter(reason=Reason.REVOKED), sight=EVERYTHING).items
        said = [statement for statement in asked if "FROM event" in statement[0] and "LIMIT" in statement[0]]
        if connection.dialect.name == "sqlite":
            plans = [str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()) for sql, values in said]
            assert ["ix_event_rare" in plans[0], "ix_event_refused" in plans[1]] == [True, True]
    assert [one.seq for one in rare] == [6]
    assert [one.seq for one in refused] == [2]


@pytest.mark.usefixtures("box")
def test_events_are_filtered(community: Community) -> None:
    with community.transactions.read() as session:
        card_id = events.query(session, EventFilter(reason=Reason.REVOKED), sight=EVERYTHING).items[0].card_id
        for which, found in (
            ({"gateway": "g-2"}, []),
            ({"point": "south-gate-in"}, [5, 4, 3, 2, 1]),
            ({"card_id": card_id}, [3, 2, 1]),
            ({"kind": EventKind.TAP, "reason": Reason.REVOKED}, [2]),
            ({"from_ms": NOW_MS + 3}, [5, 4, 3]),
            ({"hour": 8}, [5, 4, 3, 2, 1]),
            ({"hour": 7}, []),
            ({"from_ms": NOW_MS + 2, "to_ms": NOW_MS + 4}, [3, 2]),
        ):
            page = events.query(session, EventFilter.model_validate(which), sight=EVERYTHING)
            assert [view.seq for view in page.items] == found


@pytest.mark.usefixtures("box")
def test_pages_follow_one_another_by_key(community: Community) -> None:
    with community.transactions.read() as session:
        first = events.query(session, EventFilter(), sight=EVERYTHING, limit=3)
        second = events.query(session, EventFilter(), sight=EVERYTHING, limit=3, after=first.next)
    assert [view.seq for view in (*first.items, *second.items)] == [5, 4, 3, 2, 1]
    assert second.next is None


def test_no_event_is_a_problem(community: Community) -> None:
    with community.transactions.read() as session, pytest.raises(Problem, match="no event"):
        events.get(session, 1, sight=EVERYTHING)
