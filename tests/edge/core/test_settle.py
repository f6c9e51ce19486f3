"""When a wire is believed."""

from hypothesis import given
from hypothesis import strategies as st

from edge.core.settle import BUTTON, CONTACT, FLUTTER_CHANGES, FLUTTER_MS, Belief, Patience, Settling, hear, look
from edge.ports.inputs import Wire

WIRES = st.sampled_from(Wire)


def play(*heard: tuple[int, Wire], until_ms: int, patience: Patience = CONTACT) -> list[tuple[int, Belief]]:
    """What is believed when, if one looks whenever it makes sense."""
    settling, news = Settling(patience), []
    for index, (heard_at, wire) in enumerate(heard):
        at = heard_at
        settling = hear(settling, wire, at)
        end = heard[index + 1][0] if index + 1 < len(heard) else until_ms
        for _ in range(100):
            settling, belief, wait_ms = look(settling, at)
            if belief is not None:
                news.append((at, belief))
            if wait_ms is None or at + wait_ms >= end:
                break
            assert wait_ms > 0
            at += wait_ms
    return news


def test_the_first_word_of_a_wire_is_believed_after_a_while() -> None:
    assert play((0, Wire.OFF), until_ms=1000) == [(50, Belief.OFF)]


def test_bounce_is_one_change() -> None:
    bounce = [(1000 + 4 * n, Wire.ON if n % 2 == 0 else Wire.OFF) for n in range(7)]
    assert play((0, Wire.OFF), *bounce, until_ms=2000) == [(50, Belief.OFF), (1074, Belief.ON)]


def test_a_pulse_shorter_than_patience_is_nothing() -> None:
    assert play((0, Wire.OFF), (1000, Wire.ON), (1030, Wire.OFF), until_ms=2000) == [(50, Belief.OFF)]


def test_a_button_is_believed_at_once_and_let_go_slowly() -> None:
    heard = [(0, Wire.OFF), (1000, Wire.ON), (1100, Wire.OFF), (1150, Wire.ON), (3000, Wire.OFF)]
    assert play(*heard, until_ms=9000, patience=BUTTON) == [
        (200, Belief.OFF),
        (1000, Belief.ON),
        (3200, Belief.OFF),
    ]


def test_a_device_that_is_silent_for_a_moment_is_no_fault() -> None:
    assert play((0, Wire.OFF), (1000, Wire.SILENT), (2000, Wire.OFF), until_ms=9000) == [(50, Belief.OFF)]
    assert play((0, Wire.OFF), (1000, Wire.SILENT), until_ms=9000) == [(50, Belief.OFF), (4000, Belief.SILENT)]
    assert play((0, Wire.CUT), until_ms=9000) == [(3000, Belief.CUT)]


def test_a_wire_that_flutters_is_believed_again_when_it_has_been_quiet() -> None:
    flutter = [(1000 + 100 * n, Wire.ON if n % 2 == 0 else Wire.OFF) for n in range(FLUTTER_CHANGES)]
    news = play((0, Wire.OFF), *flutter, until_ms=60_000)
    last_ms = flutter[-1][0]
    assert news[-2:] == [(last_ms, Belief.FLUTTERS), (flutter[0][0] + FLUTTER_MS, Belief.OFF)]


def test_a_busy_door_whose_contact_bounces_does_not_flutter_and_one_that_chatters_does() -> None:
    swings = range(1000, 9000, 1000)
    bounces = [(at + 4 * n, Wire((Wire.ON, Wire.OFF)[(n + at // 1000) % 2])) for at in swings for n in range(7)]
    assert Belief.FLUTTERS not in [belief for _, belief in play((0, Wire.OFF), *bounces, until_ms=9500)]
    chatter = [(1000 + 5 * n, Wire.ON if n % 2 == 0 else Wire.OFF) for n in range(300)]
    assert play((0, Wire.OFF), *chatter, until_ms=2600)[-1][1] is Belief.FLUTTERS


@given(st.lists(st.tuples(st.integers(0, 5000), WIRES), max_size=60))
def test_what_is_believed_has_stood_long_enough_and_changes(steps: list[tuple[int, Wire]]) -> None:
    settling, now_ms, last = Settling(CONTACT), 0, None
    for pause_ms, wire in steps:
        now_ms += pause_ms
        settling = hear(settling, wire, now_ms)
        settling, belief, wait_ms = look(settling, now_ms)
        assert wait_ms is None or wait_ms > 0
        assert len(settling.changes_ms) <= FLUTTER_CHANGES
        if belief is not None:
            assert belief is not last
            last = belief
            needed = 0 if belief is Belief.FLUTTERS else CONTACT.fault_ms if belief.is_fault else CONTACT.on_ms
            assert now_ms - settling.since_ms >= needed


def test_nothing_heard_is_nothing_believed() -> None:
    assert look(Settling(CONTACT), 0) == (Settling(CONTACT), None, None)
    assert Belief.CUT.is_fault
    assert not Belief.ON.is_fault
