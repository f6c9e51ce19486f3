"""Alarms in words: grouped, ordered, counted; an alarm is never lost for want of a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pages.i18n import Language
from server.pages.live import alarm_views
from server.pages.live.alarm_views import EVENT_URGENCY, MEANINGS, URGENCY_WORDS, Urgency
from server.services.events.alarms import AlarmKind, AlarmView
from tests.server.build import NOW_MS, gate

POINTS = {"south-gate-in": gate()}
PLACES = {"g-1": "Gate house"}


def alarm(number=1, kind=AlarmKind.REVOKED_TAP, **fields):
    plain = {
        "id": f"{number:026}",
        "kind": kind,
        "gateway_id": "g-1",
        "point": "south-gate-in",
        "card_id": None,
        "event_id": None,
        "at_ms": NOW_MS + number,
        "detail": {},
        "acknowledged_ms": None,
        "acknowledged_by": None,
        "note": "",
        "forwarded_ms": None,
        "forwarded_by": None,
    }
    return AlarmView.model_validate(plain | fields)


def stack(*alarms, language=Language.EN, now_ms=NOW_MS + 60_000):
    return alarm_views.stack(alarms, POINTS, PLACES, language, now_ms)


def test_alike_alarms_are_one_entry_with_count_first_and_last():
    shown = stack(alarm(1), alarm(2), alarm(3), alarm(4, point=None))
    assert [group.count for group in shown.groups] == [1, 3]
    many = shown.groups[1]
    assert (many.first, many.last, many.age_ms) == ("08:00:00", "08:00:00", 60_000 - 3)
    assert many.ids == [f"{n:026}" for n in (3, 2, 1)]
    assert many.where == "South gate, in"
    assert shown.groups[0].where == "Gate house"
    assert (shown.standing, shown.now_alarms, shown.hidden) == (4, 4, 0)


def test_the_most_urgent_comes_first_and_among_equals_the_newest():
    shown = stack(
        alarm(1, AlarmKind.REVOKED_TAP),
        alarm(2, AlarmKind.DEAD_LETTER),
        alarm(3, AlarmKind.OFFLINE),
        alarm(4, AlarmKind.FORGED),
    )
    assert [group.urgency for group in shown.groups] == [Urgency.NOW, Urgency.SOON, Urgency.SOON, Urgency.LATER]
    assert [group.title for group in shown.groups][1:3] == ["A message was forged", "A gateway is offline"]
    assert shown.now_alarms == 1


def test_more_than_can_be_read_is_a_number():
    shown = stack(*(alarm(n, card_id=f"{n:026}") for n in range(20)))
    assert len(shown.groups) == alarm_views.SHOWN_GROUPS
    assert shown.hidden == 20 - alarm_views.SHOWN_GROUPS
    assert shown.standing == 20


def test_what_a_gateway_reported_has_the_words_of_its_event():
    group = stack(alarm(1, AlarmKind.GATEWAY, detail={"event": "reader_lost"})).groups[0]
    assert group.title == "Reader lost"
    assert "check the cable" in group.procedure
    chinese = stack(alarm(1, AlarmKind.GATEWAY, detail={"event": "reader_lost"}), language=Language.ZH).groups[0]
    assert chinese.title == "读卡器断开"
    assert chinese.urgency_word == "立即处理"


@pytest.mark.parametrize("event", ["from_the_future", "", None, 7])
def test_an_alarm_of_a_newer_gateway_is_shown_all_the_same(event):
    group = stack(alarm(1, AlarmKind.GATEWAY, detail={"event": event} if event is not None else {})).groups[0]
    assert group.title == "A gateway raised an alarm"
    assert group.urgency is Urgency.SOON


def test_a_point_and_gateway_that_are_gone_leave_their_names():
    assert stack(alarm(1, point="old-door", gateway_id="g-9")).groups[0].where == "g-9"
    assert stack(alarm(1, point=None, gateway_id=None)).groups[0].where == ""


def test_who_forwarded_it_is_named():
    assert stack(alarm(1), alarm(2, forwarded_by="user:li", forwarded_ms=1)).groups[0].forwarded_by == "li"


def test_every_kind_has_a_meaning_and_every_urgency_a_word():
    assert set(MEANINGS) == set(AlarmKind) - {AlarmKind.GATEWAY}
    assert all(meaning.procedure for meaning in MEANINGS.values())
    assert set(URGENCY_WORDS) == set(Urgency)
    assert set(EVENT_URGENCY.values()) <= set(Urgency)


@given(
    st.lists(st.tuples(st.sampled_from(AlarmKind), st.sampled_from(["a", "b", None]), st.integers(1, 999)), max_size=40)
)
def test_no_alarm_is_lost_in_the_stack(drawn):
    numbers = list(dict.fromkeys(number for _, _, number in drawn))
    alarms = [alarm(n, kind, point=point) for n, (kind, point, _) in zip(numbers, drawn, strict=False)]
    shown = stack(*alarms)
    assert shown.standing == len(alarms)
    assert len({group.key for group in shown.groups}) == len(shown.groups)
    urgencies = [group.urgency for group in shown.groups]
    assert urgencies == sorted(urgencies, reverse=True)
