"""Anticollision, selection and RATS, frame by frame."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.field.chip import OtherSmartCard, UidOnlyChip
from firmware_sim.field.typea import State, TypeA, cascade
from tests.firmware_sim.reader import FULL, reader_of, stock_card


def h(text: str) -> bytes:
    return bytes.fromhex(text)


def no_waits() -> int:
    return 0


def play(air: TypeA, *script: tuple[str, str | None]) -> None:
    for sent, expected in script:
        answer = air.receive(h(sent))
        assert (None if answer is None else answer.hex().upper()) == expected, sent


SELECTED = (
    ("26", "4403"),
    ("9320", "8804A1B29F"),
    ("93708804A1B29F", "04"),
    ("9520", "C3D4E58072"),
    ("9570C3D4E58072", "20"),
)


@pytest.fixture
def air() -> TypeA:
    card = stock_card()
    return TypeA(card, card.transmit, no_waits)


def test_seven_byte_id(air: TypeA) -> None:
    play(air, *SELECTED, ("E080", "067577810280"), ("029060000000", "0204010112001A0591AF"))
    assert air.state is State.PROTOCOL


def test_random_id_has_one_level() -> None:
    card = stock_card()
    reader = reader_of(card)
    reader.authenticate(0)
    reader.command(0x5C, b"\x00", b"\x02", FULL)
    card.power_off()
    card.power_on()
    air = TypeA(card, card.transmit, no_waits)
    bcc = card.uid[0] ^ card.uid[1] ^ card.uid[2] ^ card.uid[3]
    uid = (card.uid + bytes((bcc,))).hex().upper()
    play(air, ("26", "0403"), ("9320", uid), ("9370" + uid, "20"), ("E080", "067577810280"))
    assert uid.startswith("08")


def test_a_card_below_part_4_knows_no_rats() -> None:
    chip = UidOnlyChip(h("01020304"))
    air = TypeA(chip, chip.transmit, no_waits)
    play(air, ("26", "0400"), ("9320", "0102030404"), ("93700102030404", "08"), ("E080", None))
    assert air.state is State.IDLE


def test_halt_and_wake_up(air: TypeA) -> None:
    play(air, *SELECTED, ("5000", None))
    assert air.state is State.HALT
    play(air, ("26", None), ("52", "4403"), ("9999", None))
    assert air.state is State.HALT


def test_deselect_halts(air: TypeA) -> None:
    play(air, *SELECTED, ("E080", "067577810280"), ("C2", "C2"), ("26", None), ("52", "4403"))


@pytest.mark.parametrize("frame", ["9570C3D4E58072", "93708804A1B29E", "9520", "E080", "00"])
def test_anything_else_sends_it_back_to_idle(air: TypeA, frame: str) -> None:
    play(air, ("26", "4403"), (frame, None))
    assert air.state is State.IDLE
    play(air, *SELECTED)


def test_request_in_the_middle_is_an_error(air: TypeA) -> None:
    play(air, ("26", "4403"), ("26", None), ("26", "4403"))


def test_in_protocol_requests_are_no_blocks(air: TypeA) -> None:
    play(air, *SELECTED, ("E080", "067577810280"), ("26", None), ("029060000000", "0204010112001A0591AF"))


@pytest.mark.parametrize("length", [4, 7, 10])
def test_cascade(length: int) -> None:
    uid = bytes(range(1, length + 1))
    levels = cascade(uid)
    assert len(levels) == {4: 1, 7: 2, 10: 3}[length]
    parts = [level[1:4] if level[0] == 0x88 else level[:4] for level in levels]
    assert b"".join(parts) == uid
    assert all(level[0] ^ level[1] ^ level[2] ^ level[3] == level[4] for level in levels)


@given(st.lists(st.binary(max_size=9) | st.sampled_from([h(frame) for frame, _ in SELECTED]), max_size=30))
def test_garbage_never_breaks_it(frames: list[bytes]) -> None:
    chip = OtherSmartCard(h("01020304"))
    transmit: Callable[[bytes], bytes] = chip.transmit
    air = TypeA(chip, transmit, no_waits)
    for frame in frames:
        air.receive(frame)
    assert air.state in State
