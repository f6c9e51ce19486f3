"""Times at the terminal."""

import pytest

from onecard.local_time import read, written

HALF_PAST_EIGHT_MS = 1_795_825_800_000


@pytest.mark.parametrize(
    "text", ["2026-11-28 08:30", " 2026-11-28T08:30:00", "2026-11-28T00:30+00:00", "2026-11-28 08:30:00.000"]
)
def test_a_time_is_local_unless_it_says_otherwise(text: str) -> None:
    assert read(text) == HALF_PAST_EIGHT_MS
    assert written(read(text)) == "2026-11-28 08:30:00"


@pytest.mark.parametrize("text", ["", "tomorrow", "08:30", "1950-01-01 00:00", "9999-01-01 00:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"no time|too far"):
        read(text)
