"""Details of events in words."""

import pytest

from card_protocol.words.reason import Reason
from edge.core.settle import Belief
from server.pages.i18n import Language
from server.pages.trail.detail_words import NAMES, VALUES, details


@pytest.mark.parametrize(
    ("name", "value", "en", "zh"),
    [
        ("by", "code", ("Given by", "a code"), ("发出方式", "密码")),
        ("by_ms", -3200, ("Moved by", "-3.2 s"), ("调整", "-3.2 秒")),
        ("used_percent", 91, ("Disk used", "91 %"), ("磁盘已用", "91 %")),
        ("amount", 1200, ("Amount", "¥12.00"), ("金额", "¥12.00")),
        ("lease_until_ms", 0, ("Valid until", "1970-01-01 08:00:00"), ("有效期至", "1970-01-01 08:00:00")),
        ("minute", 0, ("Time at the point", "1970-01-01 08:00"), ("点位时间", "1970-01-01 08:00")),
        ("why", "no_lock", ("Why", "There is no lock at this point."), ("原因", "该点位没有门锁。")),
        ("why", "somebody's own words", ("Why", "somebody's own words"), ("原因", "somebody's own words")),
        ("newer_than_this_page", 7, ("newer_than_this_page", "7"), ("newer_than_this_page", "7")),
    ],
)
def test_a_detail_has_a_name_and_a_unit(name, value, en, zh):
    assert details({name: value}, Language.EN) == [en]
    assert details({name: value}, Language.ZH) == [zh]


def test_every_value_in_words_has_a_name_in_words():
    assert set(VALUES) <= set(NAMES)
    assert {belief.value for belief in Belief} - {"off", "on"} <= set(VALUES["fault"])
    assert set(VALUES["cause"]) == set(Reason)
