"""The sentences are complete, short enough for where they stand, in the right script, and tell things apart."""

from collections.abc import Mapping

import pytest

from card_protocol.words.event import EventKind
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import (
    DISPLAY_MAX_EN_CHARS,
    DISPLAY_MAX_ZH_CHARS,
    Said,
    Sentences,
    event_sentence,
    sentence,
    service_sentence,
)
from card_protocol.words.service import Service

TOLD: Mapping[str, Sentences] = {
    **{f"reason {r}": sentence(r) for r in Reason},
    **{f"event {k}": event_sentence(k) for k in EventKind},
    **{f"service {s}": service_sentence(s) for s in Service},
}
REPORT_MAX_CHARS = 90

# The person at the door does not learn more than the guard should tell: these share what the display says.
MAY_SHARE_A_DISPLAY = (
    {Reason.GRANT_FORGED, Reason.GRANT_COPIED, Reason.CARD_FAULT},
    {Reason.GRANT_EXPIRED, Reason.GRANT_STALE},
    {Reason.NO_POLICY, Reason.POLICY_EXPIRED, Reason.CLOCK_UNKNOWN, Reason.OFFLINE_TOO_LONG},
    {Reason.MALFORMED, Reason.JOURNAL_LATE},
)


def is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_each_is_in_its_own_script(told: Sentences) -> None:
    for said in told:
        assert any(map(is_han, said.zh))
        assert said.en.isascii()
        assert said.zh == said.zh.strip()
        assert said.en == said.en.strip()


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_the_display_can_be_read_from_two_steps_away(told: Sentences) -> None:
    assert 0 < len(told.display.zh) <= DISPLAY_MAX_ZH_CHARS
    assert 0 < len(told.display.en) <= DISPLAY_MAX_EN_CHARS
    assert not told.display.zh.endswith("。")
    assert not told.display.en.endswith(".")


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_guard_and_admin_read_whole_sentences_on_one_line(told: Sentences) -> None:
    for said in (told.guard, told.admin):
        assert said.zh.endswith("。")
        assert said.en.endswith(".")
        assert said.en[0].isupper()
        assert len(said.en) <= REPORT_MAX_CHARS


def test_the_admin_can_tell_everything_apart() -> None:
    admin = [told.admin for told in TOLD.values()]
    for language in range(2):
        assert len({said[language] for said in admin}) == len(TOLD)


def test_the_guard_is_told_something_different_for_each_reason() -> None:
    guard = [sentence(r).guard for r in Reason]
    assert len({said.zh for said in guard}) == len({said.en for said in guard}) == len(Reason)


def test_displays_differ_except_where_they_should_not_tell() -> None:
    said: dict[Said, set[Reason]] = {}
    for reason in Reason:
        said.setdefault(sentence(reason).display, set()).add(reason)
    for reasons in said.values():
        assert len(reasons) == 1 or any(reasons <= group for group in MAY_SHARE_A_DISPLAY), reasons


def test_one_literal_of_each_kind() -> None:
    assert sentence(Reason.LOST).display == ("卡已挂失，请到服务台", "Reported lost: see desk")
    assert sentence(Reason.GRANTED).display.zh == "请通行"
    assert event_sentence(EventKind.READER_LOST).display.en == "Reader is offline"
