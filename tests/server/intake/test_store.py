"""The rows of the intake, on both data bases."""

import pytest
from sqlmodel import Session, select

from card_protocol.words.event import Event
from server.intake import store
from server.intake.core import Fork, Link, Position
from server.intake.messages import Refused
from server.services.work import SYSTEM
from server.tables import EventRow, QuarantineRow, RefusedMessageRow
from tests.server.build import EPOCH, NOW_MS, Box, Community, tap


def rows(box: Box, *numbers: int) -> list[dict[str, object]]:
    found = []
    for n in numbers:
        link = Link(n, box.bodies[n - 1], box.hashes[n])
        found.append(store.event_row("g-1", EPOCH, link, Event.from_bytes(link.body), NOW_MS))
    return found


def test_an_event_goes_in_once_with_its_exact_bytes(community: Community) -> None:
    box = Box("g-1")
    box.append(tap(1), tap(2), tap(3))
    with community.transactions.work(SYSTEM) as work:
        for numbers in ((1, 2), (1, 2, 3), ()):
            store.insert_events(work.session, rows(box, *numbers))
        assert store.count_events(work.session) == 3
        bodies = work.session.exec(select(EventRow.body).order_by(EventRow.seq)).all()
    assert [bytes(body) for body in bodies] == box.bodies


def test_known_hashes_are_those_of_events_and_dead_letters(community: Community) -> None:
    box = Box("g-1")
    box.append(tap(1), b"{}", tap(3))
    dead = store.dead_row("g-1", EPOCH, Link(2, b"{}", box.hashes[2]), "no event", NOW_MS)
    with community.transactions.work(SYSTEM) as work:
        store.insert_events(work.session, rows(box, 1, 3))
        store.insert_dead(work.session, [dead])
        assert store.known_hashes(work.session, "g-1", EPOCH, range(1, 4)) == dict(enumerate(box.hashes[1:], 1))
        assert store.known_hashes(work.session, "g-1", EPOCH, range(4, 4)) == {}
        assert store.known_hashes(work.session, "g-2", EPOCH, range(1, 4)) == {}


def test_a_position_moves_and_stays(community: Community) -> None:
    there = Position(7, bytes(range(32)))
    with community.transactions.work(SYSTEM) as work:
        assert store.position(work.session, "g-1", EPOCH) == Position()
        store.move(work.session, "g-1", EPOCH, Position(3, bytes(32)), NOW_MS)
        store.move(work.session, "g-1", EPOCH, there, NOW_MS)
    with community.transactions.read() as session:
        assert store.position(session, "g-1", EPOCH) == there
        assert (store.watermarks(session, "g-1"), store.watermarks(session, "g-2")) == ({EPOCH: 7}, {})


def test_the_same_fork_is_kept_once(community: Community) -> None:
    fork = store.fork_row("g-1", EPOCH, Fork(Link(1, b"{}", bytes(32)), bytes(31) + b"\x01"), NOW_MS)
    with community.transactions.work(SYSTEM) as work:
        assert store.insert_forks(work.session, [fork]) == 1
        assert store.insert_forks(work.session, [fork]) == 0
        assert store.insert_forks(work.session, []) == 0
        (row,) = work.session.exec(select(QuarantineRow))
    assert row.known_hash.endswith("01")


def test_only_the_newest_refused_messages_are_kept(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "REFUSED_MAX_ROWS", 3)
    with community.transactions.work(SYSTEM) as work:
        for n in range(5):
            refused = Refused(f"t/{n}", b"x" * 5000, None, "no batch", trust=False)
            store.note_refused(work.session, refused, NOW_MS)
        kept = refused_rows(work.session)
    assert [row.topic for row in kept] == ["t/2", "t/3", "t/4"]
    assert (kept[0].size_bytes, len(kept[0].head)) == (5000, store.REFUSED_HEAD_BYTES)


def refused_rows(session: Session) -> list[RefusedMessageRow]:
    return list(session.exec(select(RefusedMessageRow).order_by(RefusedMessageRow.id)))
