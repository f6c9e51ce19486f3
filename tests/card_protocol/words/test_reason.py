"""The list of reasons is closed and each is a word of its own."""

import re

from card_protocol.words.reason import Reason


def test_reasons_are_snake_case_and_named_like_their_value() -> None:
    for reason in Reason:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", reason.value)
        assert reason.name == reason.value.upper()


def test_only_one_reason_opens() -> None:
    assert [r for r in Reason if "grant" in r.value and not r.value.startswith("grant_")] == [Reason.GRANTED]
