"""Version, UID, configuration."""

import pytest

from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import login
from tests.firmware_sim.reader import FULL, UID, Reader, Refused


def test_version_in_three_frames(reader: Reader) -> None:
    frames = [reader.native(0x60), reader.native(0xAF), reader.native(0xAF)]
    assert frames[0] == (0xAF, bytes.fromhex("04010112001A05"))
    assert frames[1] == (0xAF, bytes.fromhex("04010102011A05"))
    assert frames[2] == (0x00, UID + bytes.fromhex("BA344951201223"))


def test_version_inside_a_session_ends_with_one_mac(reader: Reader) -> None:
    reader.authenticate(0)
    assert len(reader.command(0x60)) == 28
    assert reader.counter == 1


def test_uid_needs_any_key(bench: Reader) -> None:
    login(bench, 4)
    assert bench.command(0x51, mode=FULL) == UID
    bench.select(0)
    assert bench.native(0x51)[0] == 0xAE


def test_random_id(card: Card, reader: Reader) -> None:
    reader.authenticate(0)
    reader.command(0x5C, b"\x00", b"\x02", FULL)
    seen = set()
    for _ in range(3):
        card.power_off()
        card.power_on()
        seen.add(card.uid)
    assert len(seen) == 3
    assert all(len(one) == 4 and one[0] == 0x08 for one in seen)
    assert card.atqa == bytes.fromhex("0403")
    assert reader.ok(0x60)[14:21] == bytes(7)
    reader.authenticate(0)
    assert reader.command(0x51, mode=FULL) == UID


@pytest.mark.parametrize(
    ("option", "data", "status"),
    [
        (0x00, b"\x04", 0x9E),
        (0x00, b"", 0x7E),
        (0x01, bytes(24), 0x7E),
        (0x02, b"\x06\x75\x77\x81\x02", 0x7E),
        (0x02, b"\x06\x75\x77\x81\x02\x80", 0x00),
        (0x05, b"\x00", 0x9E),
    ],
)
def test_configuration(reader: Reader, option: int, data: bytes, status: int) -> None:
    reader.authenticate(0)
    assert reader.native(0x5C, reader.protect(0x5C, bytes((option,)), data, FULL))[0] == status


def test_flags_are_fuses(reader: Reader) -> None:
    reader.authenticate(0)
    reader.command(0x5C, b"\x00", b"\x02", FULL)
    reader.command(0x5C, b"\x00", b"\x03", FULL)
    with pytest.raises(Refused) as refused:
        reader.command(0x5C, b"\x00", b"\x01", FULL)
    assert refused.value.status == 0x9D


def test_ats_is_configurable(card: Card, reader: Reader) -> None:
    reader.authenticate(0)
    reader.command(0x5C, b"\x02", bytes.fromhex("0678778102AA"), FULL)
    assert card.ats == bytes.fromhex("0678778102AA")


def test_configuration_is_for_the_picc_master_key(bench: Reader) -> None:
    with pytest.raises(Refused) as refused:
        bench.command(0x5C, b"\x00", b"\x02", FULL)
    assert refused.value.status == 0x9D
