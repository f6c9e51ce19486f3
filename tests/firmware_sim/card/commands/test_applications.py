"""Creating and deleting applications, formatting, memory."""

import pytest

from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import AID, login, standard
from tests.firmware_sim.reader import FULL, Reader, Refused, le3, reader_of, stock_card


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("01000F0F85", 0x00),
        ("0100000F8E", 0x00),
        ("0100000F81AA", 0x7E),
        ("0100000F", 0x7E),
        ("0000000F81", 0x9E),
        ("0100000F80", 0x9E),
        ("0100000F8F", 0x9E),
        ("0100000F05", 0x9E),
        ("0100000F45", 0x9E),
        ("0100000F9501010210", 0x7E),
        ("0100000F950101021002", 0x00),
        ("0100000F950101021005", 0x9E),
        ("0100000F95010102100F", 0x9E),
        ("0100000F950101011002", 0x9E),
        ("0100000F950101021802", 0x9E),
        ("0100000F9502", 0x9E),
        ("0100000FA501E0", 0x00),
        ("0100000FA501E0" + "AA" * 16, 0x00),
        ("0100000FA501E0" + "AA" * 17, 0x7E),
    ],
)
def test_parameters(reader: Reader, body: str, status: int) -> None:
    assert reader.native(0xCA, bytes.fromhex(body))[0] == status


def test_duplicates(reader: Reader) -> None:
    reader.ok(0xCA, le3(1) + b"\x0f\xa1\x01\xe0name")
    for other in (le3(1) + b"\x0f\x81", le3(2) + b"\x0f\xa1\x01\xe0", le3(2) + b"\x0f\xa1\x02\xe0name"):
        assert reader.native(0xCA, other)[0] == 0xDE


def test_create_at_picc_level_only(bench: Reader) -> None:
    with pytest.raises(Refused) as refused:
        bench.command(0xCA, le3(7) + b"\x0f\x81")
    assert refused.value.status == 0x9D


def test_create_needs_the_master_key_when_not_free(reader: Reader) -> None:
    reader.authenticate(0)
    reader.command(0x54, data=b"\x0b", mode=FULL)
    reader.select(0)
    assert reader.native(0xCA, le3(AID) + b"\x0f\x81")[0] == 0xAE
    reader.authenticate(0)
    reader.command(0xCA, le3(AID) + b"\x0f\x81")


def test_keys_start_as_the_default_key(reader: Reader) -> None:
    default = bytes(range(16))
    reader.authenticate(0)
    reader.command(0x5C, b"\x01", default + bytes(8) + b"\x2a", FULL)
    reader.command(0xCA, le3(AID) + b"\x0f\x82")
    reader.select(AID)
    assert reader.ok(0x64, b"\x01") == b"\x2a"
    reader.authenticate(1, default)


def test_delete_from_the_picc_level(reader: Reader) -> None:
    reader.ok(0xCA, le3(AID) + b"\x0f\x81")
    assert reader.native(0xDA, le3(AID))[0] == 0xAE
    reader.authenticate(0)
    reader.command(0xDA, le3(AID))
    assert reader.command(0x6A) == b""
    with pytest.raises(Refused) as refused:
        reader.command(0xDA, le3(AID))
    assert refused.value.status == 0xA0


def test_delete_from_inside(bench: Reader) -> None:
    assert bench.native(0xDA, bench.protect(0xDA, le3(AID), b"", "mac")) == (0x00, b"")
    bench.keys = None
    assert bench.ok(0x6A) == b""


def test_delete_from_inside_needs_the_master_key(bench: Reader) -> None:
    login(bench, 1)
    with pytest.raises(Refused) as refused:
        bench.command(0xDA, le3(AID))
    assert refused.value.status == 0xAE


def test_only_format_gives_memory_back(card: Card, bench: Reader) -> None:
    standard(bench, 1, 100)
    free = bench.command(0x6E)
    assert int.from_bytes(free, "little") == card.state.memory_free < 8192 - 128
    bench.command(0xDF, b"\x01")
    assert bench.command(0x6E) == free
    bench.select(0)
    login(bench, 0)
    bench.command(0xDA, le3(AID))
    assert bench.command(0x6E) == free
    bench.command(0xFC)
    assert bench.command(0x6E) == le3(8192)


def test_format_needs_the_master_key_at_picc_level(bench: Reader) -> None:
    with pytest.raises(Refused) as refused:
        bench.command(0xFC)
    assert refused.value.status == 0x9D
    bench.select(0)
    assert bench.native(0xFC)[0] == 0xAE


def test_format_can_be_switched_off(reader: Reader) -> None:
    reader.authenticate(0)
    reader.command(0x5C, b"\x00", b"\x01", FULL)
    with pytest.raises(Refused) as refused:
        reader.command(0xFC)
    assert refused.value.status == 0x9D


def test_memory_runs_out() -> None:
    reader = reader_of(stock_card(memory_bytes=256))
    reader.ok(0xCA, le3(1) + b"\x0f\x81")
    reader.select(1)
    reader.ok(0xCD, b"\x01\x00\xee\xee" + le3(96))
    assert reader.native(0xCD, b"\x02\x00\xee\xee" + le3(96))[0] == 0x0E
    assert reader.ok(0x6F) == b"\x01"
    reader.select(0)
    assert reader.native(0xCA, le3(2) + b"\x0f\x8e")[0] == 0x0E
