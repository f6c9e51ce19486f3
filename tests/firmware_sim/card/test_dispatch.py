"""Sequence and errors of the dispatcher; chaining of long data stands in commands/test_data."""

import pytest

from tests.firmware_sim.jobs import AID, login, rights, standard
from tests.firmware_sim.reader import FULL, MAC, Reader, Refused


def test_unknown_command(reader: Reader) -> None:
    assert reader.native(0x99)[0] == 0x1C


def test_continuation_of_nothing(reader: Reader) -> None:
    assert reader.native(0xAF)[0] == 0xCA


def test_an_error_ends_the_session(bench: Reader) -> None:
    with pytest.raises(Refused):
        bench.command(0xF5, b"\x07")
    assert bench.native(0x51)[0] == 0xAE


def test_a_mac_after_the_session_is_a_length_error(bench: Reader) -> None:
    """What a reader sees that missed the end of its session (seen on EV3 silicon by the libnxpsc project)."""
    standard(bench, 1, 16)
    body = bench.protect(0xF5, b"\x01", b"", MAC)
    assert bench.native(0xF5, body[:-1] + b"\x00")[0] == 0x1E
    assert bench.native(0xF5, body)[0] == 0x7E


def test_a_missing_mac_is_a_length_error(bench: Reader) -> None:
    assert bench.native(0x6F)[0] == 0x7E


def test_header_too_short(bench: Reader) -> None:
    for ins in (0xAD, 0x8D, 0x6C, 0xC4, 0xC6):
        assert bench.native(ins)[0] == 0x7E


def test_plain_commands_move_the_counter_too(bench: Reader) -> None:
    standard(bench, 1, 16, 0, rights(read=0xE))
    login(bench, 4)
    bench.command(0xAD, b"\x01" + bytes(6), mode="plain")
    assert bench.counter == 1
    assert bench.command(0x51, mode=FULL)


def test_right_is_checked_before_the_mac(bench: Reader) -> None:
    standard(bench, 1, 16)
    login(bench, 4)
    assert bench.native(0xAD, b"\x01" + bytes(6) + bytes(8))[0] == 0x9D


def test_parameters_are_checked_after_the_mac(bench: Reader) -> None:
    standard(bench, 1, 16)
    login(bench, 1)
    assert bench.native(0xAD, b"\x01" + b"\xff" * 6 + bytes(8))[0] == 0x1E


def test_a_chained_command_needs_its_right_in_every_frame(bench: Reader) -> None:
    """The session cannot be exchanged in the middle of a chained write."""
    standard(bench, 1, 200)
    login(bench, 2)
    body = bench.protect(0x3D, b"\x01" + bytes(3) + b"\xc8\0\0", bytes(200), FULL)
    assert bench.native(0x3D, body[:55])[0] == 0xAF
    assert bench.native(0x5A, AID.to_bytes(3, "little"))[0] == 0xCA
    assert bench.native(0xAF, body[55:110])[0] == 0xCA
