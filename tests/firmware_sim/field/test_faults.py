"""Faults as data."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.field.faults import EVERY, CutAnswer, FaultPlan, FlipBit, LateAnswer, LongAnswer, NoAnswer, distort

ANSWER = st.binary(min_size=2, max_size=40)


@given(ANSWER, st.integers(0, 60))
def test_cut(answer: bytes, keep: int) -> None:
    assert distort(CutAnswer(keep), answer) == answer[:keep]


@given(ANSWER, st.integers(0, 60), st.integers(0, 7))
def test_flip_changes_one_bit(answer: bytes, byte: int, bit: int) -> None:
    changed = distort(FlipBit(byte, bit), answer)
    assert sum(bin(a ^ b).count("1") for a, b in zip(answer, changed, strict=True)) == 1


def test_long_keeps_the_status_word_and_a_bound() -> None:
    assert distort(LongAnswer(3), b"ab\x91\x00") == b"ab\0\0\0\x91\x00"
    assert len(distort(LongAnswer(10**9), b"\x91\x00")) == 8194


def test_the_others_leave_bytes_alone() -> None:
    for fault in (None, NoAnswer(), LateAnswer(5)):
        assert distort(fault, b"ab") == b"ab"
    assert distort(FlipBit(3), b"") == b""


def test_plan() -> None:
    plan = FaultPlan({2: NoAnswer(), EVERY: CutAnswer(1)})
    assert [plan.at(n) for n in (1, 2, 3)] == [CutAnswer(1), NoAnswer(), CutAnswer(1)]
    assert FaultPlan().at(1) is None
