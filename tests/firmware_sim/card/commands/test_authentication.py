"""The handshake, its errors, and the delay that guessing earns."""

import pytest

from firmware_sim.card.keys import FailureLimits
from tests.firmware_sim.jobs import AID, login, read_full, standard, write_full
from tests.firmware_sim.reader import ZERO, Reader, Refused, card_of, crc32nk, le3, reader_of, stock_card

WRONG = bytes(15) + b"\x01"


def fail(reader: Reader, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Refused) as refused:
            reader.authenticate(0, WRONG)
        assert refused.value.status == 0xAE


def test_first_with_reader_capabilities(reader: Reader) -> None:
    reader.authenticate(0, caps=b"\x01\x02")
    assert reader.command(0x6E) == le3(8192)


@pytest.mark.parametrize("body", ["", "00", "0001", "000001", "0007AABBCCDDEEFF11"])
def test_first_frame_of_wrong_length(reader: Reader, body: str) -> None:
    assert reader.native(0x71, bytes.fromhex(body)) == (0x7E, b"")


def test_second_frame_of_wrong_length(reader: Reader) -> None:
    reader.native(0x71, b"\x00\x00")
    assert reader.native(0xAF, bytes(31))[0] == 0x7E
    assert reader.native(0xAF, bytes(32))[0] == 0xCA


def test_missing_key(reader: Reader) -> None:
    assert reader.native(0x71, b"\x01\x00")[0] == 0x40


@pytest.mark.parametrize("ins", [0x0A, 0x1A, 0xAA])
def test_older_modes_do_not_exist(reader: Reader, ins: int) -> None:
    assert reader.native(ins, b"\x00")[0] == 0x1C


def test_non_first_needs_a_session(reader: Reader) -> None:
    assert reader.native(0x77, b"\x00")[0] == 0xAE


def test_non_first_length(bench: Reader) -> None:
    assert bench.native(0x77, b"\x00\x00")[0] == 0x7E


def test_non_first_keeps_identifier_and_counter(bench: Reader) -> None:
    standard(bench, 1, 16)
    before = (bench.ti, bench.counter)
    bench.authenticate(3, first=False, rnd_a=bytes(range(16)))
    assert (bench.ti, bench.counter) == before
    write_full(bench, 1, 0, b"sixteen bytes ok")
    assert read_full(bench, 1, 0, 0) == b"sixteen bytes ok"


def test_another_command_between_the_frames_aborts(reader: Reader) -> None:
    reader.native(0x71, b"\x00\x00")
    assert reader.native(0x60)[0] == 0xCA
    assert reader.native(0x60)[0] == 0xAF


def test_first_ends_the_old_session_at_once(bench: Reader) -> None:
    bench.native(0x71, b"\x00\x00")
    assert bench.native(0xF5, b"\x01")[0] == 0xCA
    bench.keys = None
    assert bench.native(0x51)[0] == 0xAE


def test_delay_after_failures_in_a_row() -> None:
    reader = reader_of(stock_card(limits=FailureLimits(delay_after=3, lock_after=100)))
    fail(reader, 3)
    assert reader.native(0x71, b"\x00\x00")[0] == 0xAD
    reader.authenticate(0)
    fail(reader, 2)
    reader.authenticate(0)


def test_delay_doubles_and_survives_power_off() -> None:
    card = stock_card(limits=FailureLimits(delay_after=2, lock_after=100))
    reader = reader_of(card)
    fail(reader, 2)
    card.power_off()
    card.power_on()
    assert reader.native(0x71, b"\x00\x00")[0] == 0xAD
    fail(reader, 1)
    assert [reader.native(0x71, b"\x00\x00")[0] for _ in range(3)] == [0xAD, 0xAD, 0xAF]


def test_key_locks_for_good_and_a_change_frees_it() -> None:
    card = stock_card(limits=FailureLimits(delay_after=50, lock_after=3))
    reader = reader_of(card)
    reader.ok(0xCA, le3(AID) + b"\x0f\x82")
    reader.select(AID)
    for _ in range(3):
        with pytest.raises(Refused):
            reader.authenticate(1, WRONG)
    assert reader.native(0x71, b"\x01\x00")[0] == 0x9D
    login(reader, 0)
    new = bytes(range(16))
    reader.command(0xC4, b"\x01", new + b"\x01" + crc32nk(new), "full")
    login(reader, 1, new)


def test_failures_belong_to_one_key() -> None:
    card = stock_card(limits=FailureLimits(delay_after=1))
    reader = reader_of(card)
    reader.ok(0xCA, le3(AID) + b"\x0f\x82")
    reader.select(AID)
    with pytest.raises(Refused):
        reader.authenticate(1, WRONG)
    login(reader, 0)
    reader.select(0)
    login(reader, 0)


def test_a_wrong_proof_says_nothing_about_the_key(reader: Reader) -> None:
    reader.native(0x71, b"\x00\x00")
    assert reader.native(0xAF, bytes(32)) == (0xAE, b"")


def test_dice_are_an_argument() -> None:
    answers = {stock_card(seed).transmit(bytes.fromhex("9071000002000000")) for seed in (1, 1, 2)}
    assert len(answers) == 2


def test_card_of_state_is_the_same_card() -> None:
    card = stock_card()
    reader = reader_of(card_of(card.state))
    reader.authenticate(0, ZERO)
    assert reader.command(0x51, mode="full") == card.state.silicon.uid
