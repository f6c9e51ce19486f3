"""A second key set is prepared beside the active one and rolled in at once."""

import pytest

from tests.firmware_sim.card.commands.test_change_key import NEW, other_key
from tests.firmware_sim.jobs import AID, login
from tests.firmware_sim.reader import FULL, Reader, Refused, le3

ROLL_KEY = 1


@pytest.fixture
def sets(reader: Reader) -> Reader:
    """Three sets of four keys; key 1 rolls; authenticated with the master key."""
    reader.ok(0xCA, le3(AID) + bytes((0x0F, 0x94, 0x01, 0x10, 0x03, 0x10, ROLL_KEY)))
    reader.select(AID)
    reader.authenticate(0)
    return reader


def prepare(reader: Reader) -> None:
    reader.command(0x56, b"\x01\x02")
    reader.command(0xC6, b"\x01\x02", other_key(NEW), FULL)
    reader.command(0x57, b"\x01\x11")


def test_roll(sets: Reader) -> None:
    prepare(sets)
    assert sets.command(0x64, b"\x42\x01") == b"\x05"
    assert sets.command(0x64, b"\xc0") == b"\x10\x11\x00"
    login(sets, 2)
    login(sets, ROLL_KEY)
    assert sets.native(0x55, sets.protect(0x55, b"\x01", b"", "mac")) == (0x00, b"")
    sets.keys = None
    login(sets, 2, NEW)
    assert sets.command(0x64, b"\xc0") == b"\x11\x10\x00"


def test_old_set_cannot_be_rolled_back(sets: Reader) -> None:
    prepare(sets)
    login(sets, ROLL_KEY)
    sets.native(0x55, sets.protect(0x55, b"\x01", b"", "mac"))
    login(sets, ROLL_KEY)
    with pytest.raises(Refused) as refused:
        sets.command(0x55, b"\x01")
    assert refused.value.status == 0x9D


@pytest.mark.parametrize(
    ("ins", "body", "status"),
    [
        (0x56, b"\x00\x02", 0x9E),
        (0x56, b"\x03\x02", 0x9E),
        (0x56, b"\x01\x00", 0x9E),
        (0x56, b"\x01", 0x7E),
        (0x57, b"\x01\x11", 0x9D),
        (0x57, b"\x01", 0x7E),
        (0x55, b"\x01", 0xAE),
        (0x55, b"\x00", 0x9E),
        (0x55, b"\x01\x00", 0x7E),
    ],
)
def test_refusals(sets: Reader, ins: int, body: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        sets.command(ins, body)
    assert refused.value.status == status


def test_a_set_changed_after_finalizing_cannot_be_rolled(sets: Reader) -> None:
    prepare(sets)
    sets.command(0xC6, b"\x01\x03", other_key(NEW), FULL)
    login(sets, ROLL_KEY)
    with pytest.raises(Refused) as refused:
        sets.command(0x55, b"\x01")
    assert refused.value.status == 0x9D


def test_an_application_without_sets(bench: Reader) -> None:
    with pytest.raises(Refused) as refused:
        bench.command(0x56, b"\x01\x02")
    assert refused.value.status == 0x9D
