"""Hours as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.schedule import DAY_MINUTES, Interval
from server.pages.access.week import cells, joined, kinds, parsed, written

SPANS = st.tuples(st.integers(0, DAY_MINUTES - 1), st.integers(1, DAY_MINUTES)).filter(lambda span: span[0] < span[1])


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("06:00-09:00, 17:00-24:00", [(360, 540), (1020, 1440)]),
        ("22：00－24：00", [(1320, 1440)]),
        ("6:00–9:00；17：00至22：00", [(360, 540), (1020, 1320)]),
        ("08:00-10:00,09:00-12:00", [(480, 720)]),
    ],
)
def test_hours_are_read(text, spans):
    assert [(i.start, i.end) for i in parsed(text, 3)] == spans


@pytest.mark.parametrize("text", ["x", "09:00", "09:00-08:00", "08:00-25:00", "08:61-09:00", "08:00-09:00-10:00"])
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(ValueError, match=r"\S"):
        parsed(text, 0)


@given(st.lists(SPANS, max_size=6))
def test_what_is_written_is_read_again(spans):
    intervals = [Interval(day=2, start=start, end=end) for start, end in spans]
    assert [(i.start, i.end) for i in parsed(written(intervals, 2), 2)] == joined(spans)
    assert written(intervals, 1) == ""


def test_the_grid_shows_half_hours():
    shown = cells([Interval(day=0, start=0, end=45)], 0)
    assert shown[:3] == ["open", "part", "shut"]
    assert len(shown) == 48
    assert list(kinds()) == list(range(8))
