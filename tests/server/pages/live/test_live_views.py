"""What the guard's page says of a tap and of a point."""

import pytest

from card_protocol.words.moment import DAY_MS
from card_protocol.words.reason import Reason
from server.pages.i18n import Language
from server.pages.live import live_views
from server.services.access import access
from server.services.events import events
from server.services.gateways import gateways
from server.services.roles import Role
from server.services.sight import EVERYTHING
from tests.server.build import NOW_MS, gate, residents
from tests.server.pages.conftest import words_of


@pytest.fixture
def refused(lived):
    with lived.house.transactions.read() as session:
        return events.get(session, lived.refused, sight=EVERYTHING)


@pytest.fixture
def box(lived):
    with lived.house.transactions.read() as session:
        return gateways.get(session, "g-1")


def test_a_tap_in_both_languages(refused):
    points = {"south-gate-in": gate()}
    english = live_views.tap_line(refused, points, Language.EN, 1)
    chinese = live_views.tap_line(refused, points, Language.ZH, 1)
    assert (english.point_name, chinese.point_name) == ("South gate, in", "南门进")
    assert (english.why, chinese.why) == ("Card was reported lost", "卡片已挂失")
    assert not english.granted


def test_a_tap_at_a_point_that_is_gone_keeps_its_name(refused):
    assert live_views.tap_line(refused, {}, Language.EN, 1).point_name == "south-gate-in"


def test_a_tap_of_another_day_says_which_day(lived):
    house = lived.house
    guard = house.signed_in(Role.GUARD)
    assert "08:00:00" in words_of(guard.get("/live"))
    assert "2026-03-01 08:00:00 South gate, in" not in words_of(guard.get("/live"))
    house.community.now[0] += DAY_MS
    guard = house.signed_in(Role.GUARD)
    assert "2026-03-01 08:00:00 South gate, in" in words_of(guard.get("/live"))


@pytest.mark.parametrize(("delay_ms", "speed", "late"), [(9_000, 1, False), (11_000, 1, True), (11_000, 60, False)])
def test_late_is_judged_in_real_time(refused, delay_ms, speed, late):
    event = refused.model_copy(update={"received_ms": refused.wall_ms + delay_ms})
    assert live_views.tap_line(event, {}, Language.EN, speed).late is late


def test_the_states_of_a_tile(box, refused):
    def state(gateway, **fields):
        shown = gateway.model_copy(update=fields) if gateway else None
        return live_views.tile(gate(), shown, refused, Language.EN, NOW_MS)

    assert state(None).state == "none"
    assert state(box, enrolled=False).state == "none"
    assert state(box, online=True).state == "online"
    gone = state(box, online=False, offline_since_ms=NOW_MS - DAY_MS)
    assert (gone.state, gone.since) == ("offline", "2026-02-28 08:00:00")
    assert state(box, online=False, offline_since_ms=None).since == ""
    assert state(box, head_seq=3, acked_seq=5).waiting == 0
    assert state(box, head_seq=60, acked_seq=10).waiting == 0, "a live batch on its way"
    assert state(box, head_seq=61, acked_seq=10).waiting == 51
    assert state(box, head_seq=11, acked_seq=10, online=False).waiting == 1
    assert state(box).last.granted is False
    assert live_views.tile(gate(), box, None, Language.EN, NOW_MS).last is None


def test_a_point_of_a_gateway_that_was_shut_out_is_not_offline(box, refused):
    shut = box.model_copy(update={"revoked": True, "online": False, "held": ["south-gate-in"], "head_seq": 99})
    shown = live_views.tile(gate(), shut, refused, Language.EN, NOW_MS)
    assert (shown.state, shown.held) == ("shut_out", True), "it goes on by what it held"
    gone = shut.model_copy(update={"gone_ms": NOW_MS, "lockdowns": {"compound": 1}})
    shown = live_views.tile(gate(), gone, refused, Language.EN, NOW_MS)
    assert (shown.state, shown.held, shown.lockdown) == ("gone", False, 0)


def test_a_waiver_is_on_the_tile(box):
    waived = gate().model_copy(update={"uid_waived": True})
    assert live_views.tile(waived, box, None, Language.EN, NOW_MS).waived


def test_a_reason_is_always_there(refused):
    line = live_views.tap_line(refused.model_copy(update={"reason": None}), {}, Language.EN, 1)
    assert line.why == "Card unreadable"
    assert refused.reason is Reason.LOST


def test_levels_have_the_names_of_the_language(lived):
    with lived.house.transactions.read() as session:
        levels = access.levels(session)
    assert live_views.level_names(levels, Language.EN) == {"residents": residents().name_en}
    assert live_views.level_names(levels, Language.ZH) == {"residents": residents().name_zh}
