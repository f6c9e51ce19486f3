"""Alarms that overtake a backlog."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.reason import Reason
from gateway.core.urgent import BACKLOG_EVENTS, NOTICES_MAX, SCAN_MAX_EVENTS, Lookout, notices
from gateway.ports.journal import Entry
from tests.gateway.world import GATEWAY, MOMENT

EPOCH = "0123456789abcdef"


def entry(seq: int, event: Event) -> Entry:
    return Entry(seq, event.to_bytes(), bytes(32))


def tap(reason: Reason) -> Event:
    return note_event(EventKind.TAP, MOMENT).model_copy(update={"reason": reason})


def test_alarms_and_taps_of_dead_cards_are_told_the_newest_first() -> None:
    entries = [
        entry(1, note_event(EventKind.GAP, MOMENT)),
        entry(2, note_event(EventKind.POLICY_APPLIED, MOMENT)),
        entry(3, tap(Reason.REVOKED)),
        entry(4, tap(Reason.GRANTED)),
        Entry(5, b"rubbish", bytes(32)),
        Entry(6, b"\xff\xfe", bytes(32)),
        entry(7, note_event(EventKind.READER_LOST, MOMENT)),
    ]
    told = notices(GATEWAY, EPOCH, entries)
    assert [notice.seq for notice in told] == [7, 3, 1]
    assert {notice.epoch for notice in told} == {EPOCH}
    assert Event.from_bytes(told[1].event.encode()).reason is Reason.REVOKED


def test_a_thousand_alarms_are_one_alarm() -> None:
    entries = [entry(seq, note_event(EventKind.GAP, MOMENT)) for seq in range(1, 100)]
    assert [notice.seq for notice in notices(GATEWAY, EPOCH, entries)] == list(range(99, 99 - NOTICES_MAX, -1))


@pytest.mark.parametrize(
    ("acked", "head", "scan"),
    [
        (0, BACKLOG_EVENTS - 1, None),
        (0, BACKLOG_EVENTS, (1, BACKLOG_EVENTS)),
        (100, 100 + BACKLOG_EVENTS, (101, BACKLOG_EVENTS)),
        (0, 1_000_000, (1_000_001 - SCAN_MAX_EVENTS, SCAN_MAX_EVENTS)),
    ],
)
def test_only_behind_a_backlog_is_anything_looked_at(acked: int, head: int, scan: tuple[int, int] | None) -> None:
    assert Lookout().next_scan(acked, head) == scan


def test_what_was_looked_at_is_not_looked_at_again_unless_nobody_heard() -> None:
    lookout = Lookout()
    assert lookout.next_scan(0, 1000) is not None
    assert lookout.next_scan(0, 1000) is None
    assert lookout.next_scan(200, 1003) == (1001, 3)
    lookout.forget()
    assert lookout.next_scan(200, 1003) == (201, 803)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=40))
def test_every_event_behind_a_backlog_is_looked_at_once(steps: list[tuple[int, int]]) -> None:
    lookout, acked, head, seen = Lookout(), 0, 0, set[int]()
    for grown, confirmed in steps:
        head += grown
        acked = min(acked + confirmed, head)
        scan = lookout.next_scan(acked, head)
        numbers = set(range(scan[0], scan[0] + scan[1])) if scan else set()
        assert not numbers & seen
        assert all(acked < number <= head for number in numbers)
        seen |= numbers
