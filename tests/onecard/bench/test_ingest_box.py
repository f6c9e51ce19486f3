"""The gateway's side of the benchmark of ingest: what it journals."""

from pathlib import Path

import pytest

from card_protocol.words.event import Event
from card_protocol.words.reason import Reason
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.system_clock import SystemClock
from onecard.bench.ingest_box import FILL_EVENTS, BoxReport, a_tap, fill


def test_taps_are_of_many_people_at_many_doors_and_some_are_refused() -> None:
    taps = [Event.from_bytes(a_tap(n, 0).to_bytes()) for n in range(200)]
    assert len({tap.card_id for tap in taps}) > 100
    assert len({tap.point for tap in taps}) > 4
    assert {tap.reason for tap in taps} == {Reason.GRANTED, Reason.WRONG_POINT}


def test_a_journal_is_filled(tmp_path: Path) -> None:
    told: list[int] = []
    fill(tmp_path, "bench-0", FILL_EVENTS + 3, told.append)
    journal = JournalFile(tmp_path, "bench-0", SystemClock(tmp_path))
    assert journal.head().seq == FILL_EVENTS + 3
    journal.close()
    assert told == [0, FILL_EVENTS]


def test_too_few_to_measure_is_said() -> None:
    assert BoxReport(10, 2.0, 0.0, {}).per_s == 5
    with pytest.raises(ValueError, match="too few"):
        BoxReport(0, 0.0, 0.0, {}).per_s  # noqa: B018
