"""Every problem has a status and a sentence in both languages."""

import pytest

from server.services.problems import TEXTS, Code, Problem, not_found


@pytest.mark.parametrize("code", list(Code))
def test_every_code_can_be_told(code: Code) -> None:
    text = TEXTS[code]
    assert 400 <= text.status < 600
    assert text.en.endswith(".")
    assert text.zh.endswith("。")
    assert Problem(code).status == text.status


def test_the_detail_is_what_a_log_shows() -> None:
    assert str(Problem(Code.INVALID, "The house is on fire.")) == "The house is on fire."
    assert str(Problem(Code.INVALID)) == TEXTS[Code.INVALID].en
    assert not_found("card", 7).detail == "There is no card 7."


def test_no_status_lets_a_browser_send_the_same_again_by_itself():
    """408 allows it (RFC 9110, 15.5.9), and 425 asks for it (RFC 8470): Chromium put money on a card twice."""
    assert {text.status for text in TEXTS.values()}.isdisjoint({408, 425})
