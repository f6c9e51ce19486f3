"""Key settings and key versions."""

import pytest

from tests.firmware_sim.jobs import AID, login
from tests.firmware_sim.reader import FULL, Reader, Refused, le3


def test_factory_settings(reader: Reader) -> None:
    assert reader.ok(0x45) == b"\x0f\x81"


def test_application_settings(reader: Reader) -> None:
    reader.ok(0xCA, le3(AID) + b"\x0b\xa5\x01\xe0")
    reader.select(AID)
    assert reader.ok(0x45) == b"\x0b\xa5"


def test_settings_with_key_sets(reader: Reader) -> None:
    reader.ok(0xCA, le3(AID) + bytes.fromhex("0F9501090310") + b"\x02")
    reader.select(AID)
    assert reader.ok(0x45) == bytes.fromhex("0F85" + "0109031002")


def test_closed_directory(reader: Reader) -> None:
    reader.ok(0xCA, le3(AID) + b"\x09\x85")
    reader.select(AID)
    assert reader.native(0x45)[0] == 0xAE
    login(reader, 0)
    assert reader.command(0x45) == b"\x09\x85"


def test_frozen_settings_stay(bench: Reader) -> None:
    bench.command(0x54, data=b"\x07", mode=FULL)
    assert bench.command(0x45) == b"\x07\x85"
    with pytest.raises(Refused) as refused:
        bench.command(0x54, data=b"\x0f", mode=FULL)
    assert refused.value.status == 0x9D


def test_change_settings_needs_the_master_key(bench: Reader) -> None:
    login(bench, 1)
    with pytest.raises(Refused) as refused:
        bench.command(0x54, data=b"\x0f", mode=FULL)
    assert refused.value.status == 0xAE


@pytest.mark.parametrize(
    ("body", "status"),
    [("00", 0x00), ("05", 0x40), ("", 0x7E), ("000000", 0x7E), ("80", 0x9E), ("4001", 0x40), ("C0", 0x00)],
)
def test_key_version_without_session(bench: Reader, body: str, status: int) -> None:
    bench.select(AID)
    answer = bench.native(0x64, bytes.fromhex(body))
    assert answer == (status, b"\x00" if status == 0 else b"")
