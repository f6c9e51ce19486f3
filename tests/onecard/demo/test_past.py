"""The old lady's weeks: in order, in her journal, and a rhythm against which her silence is found on any weekday."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import local_ms
from gateway.app import open_box
from onecard.demo import past
from onecard.demo.day import DAY_STARTS_MIN
from server.services.care.rhythm import LOOK_BACK_DAYS, Span, Status, assess
from tests.edge.box import enrol

SATURDAY = date(2026, 11, 28)
CARD = "01JD0000000000000000000001"
LADY = "0123456789ABCDEF"
OUTAGE_BEGINS_MIN, OUTAGE_ENDS_MIN = 669, 902
"""Of `onecard demo --for 60 --outage 15`."""


def status(today: date, minute: int, *gaps: Span) -> Status:
    seen = [wall_ms for wall_ms, _ in past.habits(today, 1)]
    return assess(local_ms(today, minute), seen, gaps, consent=True, away=None, absences=()).status


@pytest.mark.parametrize("today", [SATURDAY + timedelta(days=ago) for ago in range(7)])
def test_her_silence_is_found_before_noon_and_not_while_nobody_can_tell(today: date) -> None:
    curtain = Span(local_ms(today, 180), local_ms(today, DAY_STARTS_MIN + 30))
    assert status(today, DAY_STARTS_MIN + 60, curtain) is Status.WELL
    assert status(today, OUTAGE_BEGINS_MIN - 1, curtain) is Status.SILENT
    dark = Span(local_ms(today, OUTAGE_BEGINS_MIN), None)
    assert status(today, OUTAGE_ENDS_MIN, curtain, dark) is Status.UNKNOWN
    assert status(today, OUTAGE_ENDS_MIN, curtain) is Status.SILENT, "the box saw all the while, and not her"


def test_they_are_in_order_and_as_far_back_as_the_board_looks() -> None:
    taps = list(past.habits(SATURDAY, 1))
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(taps))
    assert taps == list(past.habits(SATURDAY, 1)) != list(past.habits(SATURDAY, 2))
    assert past.DAYS == LOOK_BACK_DAYS
    assert taps[-1][0] < local_ms(SATURDAY)


def test_they_stand_in_the_journal_of_the_box(tmp_path: Path) -> None:
    box = enrol(tmp_path / "box")
    count = past.lay(box, CARD, LADY, SATURDAY)
    with open_box(box) as opened:
        events = [Event.from_bytes(entry.body) for entry in opened.journal.read(1, 1000)]
    taps = [event for event in events if event.kind is EventKind.TAP]
    assert len(taps) == count == len(past.HABITS) * past.DAYS
    assert {(event.card_id, event.holder) for event in taps} == {(CARD, LADY)}
    assert all(event.granted for event in taps)
