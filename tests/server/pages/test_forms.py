"""What people type into forms."""

import pytest

from server.pages.forms import field_of, moment_of, moment_or_none


def test_a_local_time_of_a_browsers_field():
    assert moment_of("2026-03-01T08:00") == 1_772_323_200_000
    assert moment_of("2026-03-01") == 1_772_323_200_000 - 8 * 3_600_000


def test_and_back_into_a_field():
    assert field_of(moment_of("2026-03-01T08:00") + 59_999) == "2026-03-01T08:00"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-03-01T08:00+02:00", "0001-01-01", "9999-12-31"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says, it is one
        moment_of(text)
    assert moment_or_none(text) is None
