"""The word of a notice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.words.notice import EN_MAX_CHARS, ZH_MAX_CHARS, Notice

PLAIN = {"number": 1, "zh": "明日停水", "en": "No water tomorrow", "from_ms": 1, "to_ms": 2, "points": frozenset({"a"})}


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=ZH_MAX_CHARS), st.integers(1, 10**12))
def test_there_and_back(zh: str, to_ms: int) -> None:
    word = Notice.model_validate(PLAIN | {"zh": zh, "to_ms": to_ms + 1})
    assert Notice.from_bytes(word.to_bytes()) == word


def test_the_bytes() -> None:
    expected = '{"en":"No water tomorrow","from_ms":1,"number":1,"points":["a"],"to_ms":2,"zh":"明日停水"}'
    assert Notice.model_validate(PLAIN).to_bytes() == expected.encode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"to_ms": 1},
        {"zh": " "},
        {"en": ""},
        {"zh": "停" * (ZH_MAX_CHARS + 1)},
        {"en": "w" * (EN_MAX_CHARS + 1)},
        {"zh": "停\n水"},
        {"number": 0},
    ],
)
def test_what_no_screen_can_show(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says another field
        Notice.model_validate(PLAIN | wrong)
