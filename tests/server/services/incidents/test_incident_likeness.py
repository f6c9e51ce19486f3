"""How alike two reports are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.incidents.incident_likeness import is_likely_same, likeness, pairs

WORDS = st.text("南门一直开着ab !", max_size=12)


@given(WORDS, WORDS)
def test_likeness_is_between_nothing_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == (1.0 if pairs(one) else 0.0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("南门一直开着", "gate", ""), ("完全不同", "gate", ""), True),
        (("南门一直开着", None, ""), ("南门 一直 开着!", None, ""), True),
        (("The south gate stands open", None, ""), ("South gate stands open again", None, ""), True),
        (("楼上噪音", None, "3-1-502"), ("半夜楼上很吵", None, "3-1-502"), True),
        (("楼上噪音", None, "3-1-502"), ("楼道灯坏了", None, "3-1-502"), False),
        (("楼上噪音", None, ""), ("路灯坏了", None, ""), False),
        (("", None, ""), ("", None, ""), False),
    ],
)
def test_what_is_shown_as_perhaps_the_same(
    one: tuple[str, str | None, str], other: tuple[str, str | None, str], same: bool
) -> None:
    assert is_likely_same(*one, *other) is same
