"""What the card tells about its files, and changing their settings."""

import pytest

from tests.firmware_sim.jobs import AID, backup, commit, cyclic, login, rights, standard, value
from tests.firmware_sim.reader import FULL, Reader, Refused, le3


def test_settings_of_every_type(bench: Reader) -> None:
    standard(bench, 1, 64)
    backup(bench, 2, 192)
    value(bench, 3, -10, 1000, 5, flags=3)
    cyclic(bench, 4, 24, 16)
    r = "3012"
    assert bench.command(0xF5, b"\x01") == bytes.fromhex("0003" + r + "400000")
    assert bench.command(0xF5, b"\x02") == bytes.fromhex("0103" + r + "C00000")
    assert bench.command(0xF5, b"\x03") == bytes.fromhex("0203" + r + "F6FFFFFF" + "E8030000" + "00000000" + "03")
    assert bench.command(0xF5, b"\x04") == bytes.fromhex("0403" + r + "180000" + "100000" + "000000")


def test_file_ids_ascend(bench: Reader) -> None:
    for number in (9, 1, 0x1F):
        standard(bench, number, 8)
    assert bench.command(0x6F) == bytes((1, 9, 0x1F))


def test_absent_file(bench: Reader) -> None:
    with pytest.raises(Refused) as refused:
        bench.command(0xF5, b"\x01")
    assert refused.value.status == 0xF0


def test_closed_directory(reader: Reader) -> None:
    reader.ok(0xCA, le3(AID) + b"\x0d\x85")
    reader.select(AID)
    reader.ok(0xCD, b"\x01\x00\xee\xee" + le3(8))
    for ins, body in ((0x6F, b""), (0x61, b""), (0xF5, b"\x01")):
        assert reader.native(ins, body)[0] == 0xAE


def test_change_settings(bench: Reader) -> None:
    standard(bench, 1, 64)
    bench.command(0x5F, b"\x01", b"\x01" + rights(read=4), FULL)
    assert bench.command(0xF5, b"\x01")[:4] == b"\x00\x01" + rights(read=4)


def test_change_settings_in_plain_where_it_is_free(bench: Reader) -> None:
    standard(bench, 1, 64, access=rights(change=0xE))
    bench.select(AID)
    bench.ok(0x5F, b"\x01\x00" + rights(change=0xF))
    assert bench.native(0x5F, b"\x01\x00" + rights())[0] == 0x9D


def test_change_settings_refusals(bench: Reader) -> None:
    standard(bench, 1, 64)
    for data, status in ((b"\x01\x12", 0x7E), (b"\x04" + rights(), 0x9E), (b"\x01" + rights(read=7), 0x9E)):
        with pytest.raises(Refused) as refused:
            bench.command(0x5F, b"\x01", data, FULL)
        assert refused.value.status == status
        login(bench, 0)
    login(bench, 1)
    with pytest.raises(Refused) as refused:
        bench.command(0x5F, b"\x01", b"\x01" + rights(), FULL)
    assert refused.value.status == 0x9D
    bench.select(AID)
    assert bench.native(0x5F, b"\x01\x01" + rights())[0] == 0xAE


def test_record_count_moves(bench: Reader) -> None:
    cyclic(bench, 4, 4, 3)
    bench.authenticate(2)
    bench.command(0x8B, b"\x04" + le3(0) + le3(4), b"abcd", FULL)
    commit(bench)
    assert bench.command(0xF5, b"\x04")[-3:] == le3(1)
