"""The choice of a language, and how times are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pages import i18n
from server.pages.i18n import Language


@pytest.mark.parametrize(
    ("cookie", "accept", "chosen"),
    [
        ("en", "zh-CN", Language.EN),
        ("zh_CN", "en", Language.ZH),
        ("klingon", "en", Language.EN),
        (None, "en-GB,en;q=0.9,zh;q=0.8", Language.EN),
        (None, "fr, zh-TW;q=0.8, en;q=0.7", Language.ZH),
        (None, "en;q=0.2, zh;q=0.9", Language.ZH),
        (None, "en;q=0", Language.ZH),
        (None, "en;q=nonsense", Language.ZH),
        (None, "fr, de", Language.ZH),
        (None, None, Language.ZH),
        (None, "", Language.ZH),
    ],
)
def test_choice(cookie, accept, chosen):
    assert i18n.choose(cookie, accept) is chosen


@given(st.none() | st.text(max_size=20), st.none() | st.text(max_size=2000))
def test_nonsense_is_a_language_too(cookie, accept):
    assert i18n.choose(cookie, accept) in Language


def test_the_catalogues_speak():
    assert i18n.translator(Language.ZH)("Sign in") == "登录"
    assert i18n.translator(Language.EN)("Sign in") == "Sign in"
    assert i18n.catalogue(Language.EN).ngettext("%(num)s event waiting.", "%(num)s events waiting.", 2) == (
        "%(num)s events waiting."
    )
    assert Language.ZH.tag == "zh-CN"
    assert Language.ZH.own_name == "中文"
    assert Language.EN.tag == "en"
    assert Language.EN.own_name == "English"


def test_times_are_those_of_shanghai():
    wall_ms = 1_772_323_200_999
    assert i18n.local_time(wall_ms) == "2026-03-01 08:00:00"
    assert i18n.clock_time(wall_ms) == "08:00:00"
    assert i18n.local_date(wall_ms - 8 * 3_600_000 - 1000) == "2026-02-28"


def test_times_that_somebody_set_have_no_seconds_and_a_day_is_said_once():
    morning, hour = 1_772_323_200_000, 3_600_000
    assert i18n.local_minute(morning + 59_999) == "2026-03-01 08:00"
    assert i18n.span(morning, morning + hour) == "2026-03-01 08:00 – 09:00"
    assert i18n.span(morning, morning + 20 * hour) == "2026-03-01 08:00 – 2026-03-02 04:00"


def test_of_today_the_time_is_enough():
    morning, hour = 1_772_323_200_000, 3_600_000
    assert i18n.when(morning, morning + hour) == "08:00:00"
    assert i18n.when(morning, morning + 16 * hour) == "2026-03-01 08:00:00"
    assert i18n.when(morning + 20 * hour, morning) == "2026-03-02 04:00:00"
