"""Notes of refusals: each is told, none can fill the journal."""

from card_protocol.words.event import EventKind
from gateway.core.notes import NOTES_PER_MINUTE, REMEMBERED_REFUSALS, Notes
from tests.gateway.world import HandClock

KIND = EventKind.MESSAGE_REFUSED


def test_a_refusal_is_told_once_an_hour() -> None:
    notes, clock = Notes(), HandClock()
    told = notes.refusal(KIND, "forged", clock.now(), channel="ack")
    assert told is not None
    assert told.detail == {"why": "forged", "channel": "ack"}
    clock.advance_ms(59 * 60_000)
    assert notes.refusal(KIND, "forged", clock.now()) is None
    clock.advance_ms(60_000)
    again = notes.refusal(KIND, "forged", clock.now())
    assert again is not None
    assert again.detail["left_out"] == 1


def test_the_same_words_about_a_policy_are_another_refusal() -> None:
    notes, clock = Notes(), HandClock()
    assert notes.refusal(KIND, "expired", clock.now()) is not None
    assert notes.refusal(EventKind.POLICY_REFUSED, "expired", clock.now()) is not None


def test_a_flood_is_counted_not_written() -> None:
    notes, clock = Notes(), HandClock()
    told = [notes.refusal(KIND, f"rubbish {n}", clock.now()) for n in range(1000)]
    assert sum(note is not None for note in told) == NOTES_PER_MINUTE
    clock.advance_ms(60_000)
    later = notes.refusal(KIND, "rubbish again", clock.now())
    assert later is not None
    assert later.detail["left_out"] == 1000 - NOTES_PER_MINUTE


def test_what_it_remembers_is_bounded() -> None:
    notes, clock = Notes(), HandClock()
    for number in range(3 * REMEMBERED_REFUSALS):
        notes.refusal(KIND, f"rubbish {number}", clock.now())
        clock.advance_ms(60_000 // NOTES_PER_MINUTE)
    assert len(notes._told_ns) == REMEMBERED_REFUSALS
