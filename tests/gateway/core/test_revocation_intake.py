"""Revocations: any order, any number of times, and in the end all of them once."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.revocations import Revocations
from card_protocol.words.card import CardState
from card_protocol.words.ids import ulid_from_bytes
from card_protocol.words.revocation import Revocation
from gateway.core.revocation_intake import take
from tests.gateway.world import GATEWAY, NOON_MS


def revocation(rev_seq: int) -> Revocation:
    card_id = ulid_from_bytes(rev_seq.to_bytes(16, "big"))
    return Revocation(
        rev_seq=rev_seq, card_id=card_id, state=CardState.REVOKED, at_ms=NOON_MS, expires_ms=NOON_MS + 1000
    )


def message(after: int, upto: int) -> Revocations:
    entries = tuple(revocation(n) for n in range(after + 1, upto + 1))
    return Revocations(gateway=GATEWAY, after=after, upto=upto, entries=entries)


def numbers(taken: tuple[Revocation, ...]) -> list[int]:
    return [entry.rev_seq for entry in taken]


def test_the_next_ones_are_taken() -> None:
    intake = take(message(3, 5), 3)
    assert (numbers(intake.entries), intake.upto, intake.gap) == ([4, 5], 5, False)


def test_what_is_known_is_left_out() -> None:
    intake = take(message(1, 5), 3)
    assert (numbers(intake.entries), intake.upto, intake.gap) == ([4, 5], 5, False)


def test_an_old_message_changes_nothing() -> None:
    intake = take(message(1, 3), 7)
    assert (intake.entries, intake.upto, intake.gap) == ((), 7, False)


def test_behind_a_gap_it_denies_at_once_but_does_not_count() -> None:
    intake = take(message(5, 6), 3)
    assert (numbers(intake.entries), intake.upto, intake.gap) == ([6], 3, True)


@given(st.permutations([(0, 2), (2, 3), (3, 7), (7, 8), (0, 3), (2, 8)]))
def test_whatever_the_order_all_are_applied_when_all_were_heard_twice(order: list[tuple[int, int]]) -> None:
    rev_seq, applied = 0, set[int]()
    for after, upto in [*order, *order, *order, *order]:
        intake = take(message(after, upto), rev_seq)
        assert intake.upto >= rev_seq
        rev_seq = intake.upto
        applied |= set(numbers(intake.entries))
    assert (rev_seq, applied) == (8, set(range(1, 9)))
