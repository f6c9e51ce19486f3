"""Alarms out of their turn: which events are urgent."""

import pytest
from hypothesis import given

from card_protocol.wire.alarm import URGENT_REASONS, AlarmNotice, is_urgent
from card_protocol.words.event import ALARMS, Event, EventKind
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Flag
from tests.support.strategies import events


@given(events)
def test_urgent_is_what_a_guard_must_see_or_waits_for(event: Event) -> None:
    denied = event.kind is EventKind.TAP and event.reason in {Reason.REVOKED, Reason.LOST}
    answers = event.kind in {EventKind.COMMAND_DONE, EventKind.COMMAND_FAILED}
    forced = event.flags is not None and Flag.DURESS in event.flags
    assert is_urgent(event) is (event.kind in ALARMS or denied or answers or forced)


@given(events)
def test_a_tap_under_duress_is_urgent_whatever_came_of_it(event: Event) -> None:
    assert is_urgent(event.model_copy(update={"kind": EventKind.TAP, "flags": frozenset({Flag.DURESS})}))


def test_a_refusal_that_hurts_nobody_waits_its_turn() -> None:
    assert Reason.OUTSIDE_SCHEDULE not in URGENT_REASONS


def test_a_notice_names_one_event() -> None:
    notice = AlarmNotice(gateway="g-1", epoch="00000000000000e1", seq=7, event="{}")
    assert AlarmNotice.from_bytes(notice.to_bytes()) == notice
    with pytest.raises(ValueError, match="seq"):
        AlarmNotice.from_bytes(notice.to_bytes().replace(b'"seq":7', b'"seq":0'))
