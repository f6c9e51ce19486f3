"""Failure counters and settings bits."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.card.keys import FailureLimits, Key, KeySet, KeySettings, locked, note_failure, note_success

LIMITS = FailureLimits(delay_after=3, lock_after=8, longest_delay_attempts=4, forgiven_by_success=2)


def test_nothing_prints() -> None:
    assert "2a2a" not in repr(Key(b"\x2a" * 16)) + repr(KeySet([Key(b"\x2a" * 16)]))
    assert "*" not in repr(Key(b"\x2a" * 16))


def test_delay_doubles_up_to_its_bound() -> None:
    key, seen = Key(), []
    for _ in range(7):
        note_failure(key, LIMITS)
        seen.append(key.delays_left)
    assert seen == [0, 0, 1, 2, 4, 4, 4]
    assert not locked(key, LIMITS)
    note_failure(key, LIMITS)
    assert locked(key, LIMITS)


def test_success_clears_the_row_and_forgives_some() -> None:
    key = Key(failures_in_row=5, failures_total=7, delays_left=3)
    note_success(key, LIMITS)
    assert (key.failures_in_row, key.failures_total, key.delays_left) == (0, 5, 0)


@given(st.integers(0, 255))
def test_settings_bits(raw: int) -> None:
    settings = KeySettings(raw)
    rebuilt = settings.master_changeable | settings.free_directory << 1 | settings.free_create << 2
    assert rebuilt | settings.settings_changeable << 3 | settings.change_key_right << 4 == raw


def test_copies_are_clean() -> None:
    copied = KeySet([Key(b"k" * 16, 3, 5, 6, 7)], version=9, finalized=True).copy()
    assert copied == KeySet([Key(b"k" * 16, 3)])
