"""The sign of duress: codes and buttons, told once, and nothing of it printed."""

from dataclasses import replace

from hypothesis import given as over
from hypothesis import strategies as st

from card_protocol.words.event import Event, EventKind, tap_event
from edge.core.duress import BUTTON, CODE, KEY_PAUSE_MS, Duress, DuressSettings, given, key, stands, tapped
from edge.ports.keys import KEYS
from tests.edge.words import CARD_ID, GATE, HOLDER, moment, presentation, verdict

FRESH = Duress(DuressSettings(GATE, "99#", 15_000))


def typing(duress: Duress, keys: str, now_ms: int = 1000, pause_ms: int = 300) -> tuple[Duress, list[Event]]:
    told = []
    for pressed in keys:
        duress, event = key(duress, pressed, moment(), now_ms)
        told += [event] if event else []
        now_ms += pause_ms
    return duress, told


def test_the_code_is_told_with_its_last_key_and_stands_for_a_while() -> None:
    before, none = typing(FRESH, "99")
    assert (none, stands(before, 2000)) == ([], False)
    after, told = typing(before, "#", 2000)
    assert [(event.kind, event.point, event.detail) for event in told] == [(EventKind.DURESS, GATE, {"by": CODE})]
    assert stands(after, 2000 + 14_999)
    assert not stands(after, 2000 + 15_000)


def test_what_is_typed_before_the_code_does_not_hide_it() -> None:
    assert len(typing(FRESH, "12999#")[1]) == 1


def test_keys_far_apart_are_no_code() -> None:
    assert typing(FRESH, "99#", pause_ms=KEY_PAUSE_MS)[1] == []


def test_a_button_that_is_pressed_again_and_again_is_one_alarm_and_stands_longer() -> None:
    once, first = given(FRESH, BUTTON, moment(), 0)
    twice, second = given(once, BUTTON, moment(), 10_000)
    assert first is not None
    assert second is None
    assert stands(twice, 24_999)
    assert given(twice, BUTTON, moment(), 25_000)[1] is not None


def test_a_tap_shortly_before_names_who_it_is() -> None:
    tap = tap_event(presentation(), verdict(), moment())
    event = given(tapped(FRESH, tap, 0), BUTTON, moment(), 14_999)[1]
    assert event is not None
    assert (event.card_id, event.holder) == (CARD_ID, HOLDER)
    late = given(tapped(FRESH, tap, 0), BUTTON, moment(), 15_000)[1]
    assert late is not None
    assert late.card_id is None


def test_a_point_without_a_code_hears_no_keys() -> None:
    bare = replace(FRESH, settings=DuressSettings(GATE))
    assert typing(bare, "99#")[1] == []


def test_neither_the_code_nor_what_was_typed_prints() -> None:
    after, _ = typing(FRESH, "99")
    assert "99" not in repr(after)


codes = st.text(sorted(KEYS), min_size=2, max_size=12)


@over(codes, st.text(sorted(KEYS), max_size=40))
def test_whatever_is_typed_the_sign_stands_just_when_the_code_was_in_it(code: str, keys: str) -> None:
    after, told = typing(replace(FRESH, settings=DuressSettings(GATE, code)), keys, pause_ms=1)
    assert stands(after, 1000 + len(keys)) is (code in keys)
    assert len(told) == (code in keys)
    assert code not in "".join(event.to_bytes().decode() for event in told if code not in event.to_bytes().decode())
