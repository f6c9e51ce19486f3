"""The report counts from two databases: what is lost, what is doubled, what happened in the dark."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.reason import Reason
from gateway.drivers import journal_schema
from gateway.ports.journal import Head
from onecard.demo.report import Fact, Measured, journal_facts, make_report, percentiles, server_facts, tap_times

EPOCH, OTHER_EPOCH = "00000000000000e1", "00000000000000e2"
GATEWAY = "shanxian-1"


def moment(wall_ms: int = 1_000) -> Moment:
    return Moment(wall_ms=wall_ms, mono_ns=0, boot="boot-1", clock=ClockQuality.NTP)


def tap(reason: Reason = Reason.GRANTED, wall_ms: int = 1_000, **detail: int) -> Event:
    return Event(kind=EventKind.TAP, **moment(wall_ms).model_dump(), point="gate", reason=reason, detail=detail)


def fact(seq: int, event: Event | None = None, epoch: str = EPOCH, digest: bytes = b"h") -> Fact:
    return Fact(epoch, seq, digest, (event or tap()).to_bytes())


def report(journal: list[Fact], server: list[Fact], measured: Measured | None = None):
    return make_report("nfc", 6, journal, server, measured or Measured())


def test_what_both_ends_have_is_neither_lost_nor_doubled() -> None:
    both = [fact(1), fact(2), fact(1, epoch=OTHER_EPOCH)]
    told = report(both, list(reversed(both)))
    assert (told.journal_events, told.server_events, told.lost, told.duplicated) == (3, 3, 0, 0)


def test_taps_that_were_laid_into_the_journal_before_the_day_are_no_taps_of_the_day() -> None:
    both = [fact(1, tap(wall_ms=100)), fact(2, tap(wall_ms=5_000))]
    told = report(both, both, Measured(since_ms=1_000))
    assert (told.taps, told.journal_events, told.lost) == (1, 2, 0)


def test_what_only_the_journal_has_is_lost() -> None:
    assert report([fact(1), fact(2), fact(3)], [fact(1), fact(3)]).lost == 1


@pytest.mark.parametrize("altered", [fact(2, digest=b"x"), fact(2, tap(Reason.REVOKED)), fact(2, epoch=OTHER_EPOCH)])
def test_an_event_that_arrived_altered_is_lost(altered: Fact) -> None:
    assert report([fact(1), fact(2)], [fact(1), altered]).lost == 1


@pytest.mark.parametrize("again", [fact(2), fact(2, tap(Reason.REVOKED)), fact(2, digest=b"x")])
def test_a_second_row_of_one_event_is_doubled_whatever_it_says(again: Fact) -> None:
    assert report([fact(1), fact(2)], [fact(1), fact(2), again]).duplicated == 1


@given(st.lists(st.integers(1, 12), max_size=30), st.sets(st.integers(1, 12)))
def test_lost_and_doubled_are_counted_exactly(arrived: list[int], journaled: set[int]) -> None:
    told = report([fact(seq) for seq in journaled], [fact(seq) for seq in arrived])
    assert told.lost == len(journaled - set(arrived))
    assert told.duplicated == len(arrived) - len(set(arrived))


def test_taps_are_told_by_their_reason_and_other_events_are_no_taps() -> None:
    note = note_event(EventKind.READER_LOST, moment())
    events = [tap(), tap(), tap(Reason.REVOKED), tap(Reason.LOST), tap(Reason.REVOKED), note]
    told = report([], [fact(seq, event) for seq, event in enumerate(events, 1)])
    assert (told.taps, told.granted, told.refused) == (5, 2, {"lost": 1, "revoked": 2})


def test_events_of_the_outage_are_those_from_its_first_to_before_its_last_moment() -> None:
    journal = [fact(seq, tap(wall_ms=wall_ms)) for seq, wall_ms in enumerate((99, 100, 150, 199, 200), 1)]
    assert report(journal, [], Measured(outage_wall_ms=(100, 200))).events_during_outage == 3
    assert report(journal, []).events_during_outage == 0


def test_round_trips_are_those_of_granted_taps() -> None:
    events = [tap(round_trips=4), tap(round_trips=5), tap(Reason.REVOKED, round_trips=1), tap()]
    server = [fact(seq, event) for seq, event in enumerate(events, 1)]
    assert report([], server).round_trips_per_tap == 4.5
    assert report([], []).round_trips_per_tap is None


def test_seconds_are_told_to_the_millisecond_and_not_invented() -> None:
    told = report([], [], Measured(resync_s=0.98765, revoke_to_refusal_s=1.0004))
    assert (told.resync_s, told.revoke_to_refusal_s) == (0.988, 1.0)
    told = report([], [])
    assert (told.resync_s, told.revoke_to_refusal_s) == (None, None)


def test_percentiles() -> None:
    assert percentiles([]) == percentiles([3.0]) == {}
    assert percentiles([float(n) for n in range(1, 102)]) == {"p50": 51.0, "p99": 100.0}
    assert percentiles([2.0, 4.0]) == {"p50": 3.0, "p99": 3.98}


@given(st.lists(st.floats(0, 1e6), min_size=2))
def test_percentiles_lie_within_what_was_measured(values: list[float]) -> None:
    told = percentiles(values)
    assert min(values) - 0.01 <= told["p50"] <= told["p99"] <= max(values) + 0.01


def test_times_come_from_the_lines_of_granted_taps(tmp_path: Path) -> None:
    log = tmp_path / "edge.log"
    lines = [
        json.dumps({"event": "tap", "reason": "granted", "seen_to_unlock_ms": 6.5}),
        json.dumps({"event": "tap", "reason": "revoked", "seen_to_unlock_ms": 1.5}),
        json.dumps({"event": "reader_open", "reason": "granted"}),
        json.dumps({"event": "tap", "reason": "granted"}),
        "Traceback (most recent call last):",
        '{"event": "tap", "reason": "gran' + json.dumps({"event": "tap"}),  # a program was killed while it wrote
        json.dumps({"event": "tap", "reason": "granted", "seen_to_unlock_ms": 7.5}),
        "[]",
        '{"event": "ta',
    ]
    log.write_bytes("\n".join(lines).encode() + b"\xe6")
    assert tap_times(log) == [6.5, 7.5]


def make_journal(box: Path, epoch: str, events: Iterable[Event]) -> list[Fact]:
    path = box / f"journal-{epoch}.db"
    journal_schema.create(path, GATEWAY, epoch, None)
    with closing(journal_schema.connect(path)) as connection:
        linked = journal_schema.link(GATEWAY, Head(epoch, 0, bytes(32)), [event.to_bytes() for event in events])
        connection.execute("BEGIN")
        journal_schema.insert(connection, linked)
        connection.execute("COMMIT")
    return [Fact(epoch, entry.seq, entry.hash, entry.body) for entry in linked]


def test_every_journal_file_of_the_box_counts_once(tmp_path: Path) -> None:
    first = make_journal(tmp_path, EPOCH, [tap(), tap(Reason.REVOKED)])
    second = make_journal(tmp_path, OTHER_EPOCH, [tap()])
    (tmp_path / "journal.db").symlink_to(f"journal-{OTHER_EPOCH}.db")
    assert journal_facts(tmp_path) == first + second


def test_a_journal_that_cannot_be_read_is_not_counted_as_nothing(tmp_path: Path) -> None:
    make_journal(tmp_path, EPOCH, [tap()])
    (tmp_path / f"journal-{OTHER_EPOCH}.db").write_bytes(b"noise" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        journal_facts(tmp_path)


def test_a_box_without_a_journal_has_no_facts(tmp_path: Path) -> None:
    assert journal_facts(tmp_path) == []


def test_the_servers_rows_as_they_stand(tmp_path: Path) -> None:
    rows = [fact(2), fact(1), fact(2)]
    with closing(sqlite3.connect(tmp_path / "server.db")) as connection:
        connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, epoch, seq, hash, body)")
        connection.executemany("INSERT INTO event (epoch, seq, hash, body) VALUES (?, ?, ?, ?)", rows)
        connection.commit()
    assert server_facts(tmp_path / "server.db") == rows


def test_nothing_is_made_where_nothing_was(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        server_facts(tmp_path / "server.db")
    assert list(tmp_path.iterdir()) == []


def test_a_report_is_json_with_every_field(tmp_path: Path) -> None:
    told = report([fact(1)], [fact(1)], Measured((0, 5_000), 0.5, 0.25, [1.0, 2.0], {"meals": 3}))
    told.write(tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8")) == {
        "reader_stack": "nfc",
        "points": 6,
        "taps": 1,
        "granted": 1,
        "refused": {},
        "journal_events": 1,
        "server_events": 1,
        "lost": 0,
        "duplicated": 0,
        "events_during_outage": 1,
        "resync_s": 0.5,
        "revoke_to_refusal_s": 0.25,
        "tap_ms": {"p50": 1.5, "p99": 1.99},
        "round_trips_per_tap": None,
        "stories": {"meals": 3},
    }
