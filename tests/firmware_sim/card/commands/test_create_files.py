"""Creating and deleting files."""

import pytest

from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import AID, backup, login, rights, standard, transaction_mac, write_full
from tests.firmware_sim.reader import FULL, Reader, Refused, le3

R = rights().hex()
LIMITS = "00000000" + "E8030000" + "64000000"


@pytest.mark.parametrize(
    ("ins", "body", "status"),
    [
        (0xCD, "0103" + R + "200000", 0x00),
        (0xCD, "2003" + R + "200000", 0x9E),
        (0xCD, "0107" + R + "200000", 0x9E),
        (0xCD, "0183" + R + "200000", 0x9E),
        (0xCD, "0103" + R + "000000", 0x9E),
        (0xCD, "0103" + R + "2000", 0x7E),
        (0xCD, "0103" + R + "20000000", 0x7E),
        (0xCD, "0103" + rights(read=5).hex() + "200000", 0x9E),
        (0xCD, "0103" + rights(read=0xE).hex() + "200000", 0x00),
        (0xCD, "0103" + R + "FFFFFF", 0x0E),
        (0xCB, "0103" + R + "200000", 0x00),
        (0xCB, "", 0x7E),
        (0xCC, "0103" + R + LIMITS + "03", 0x00),
        (0xCC, "0103" + R + LIMITS + "04", 0x9E),
        (0xCC, "0103" + R + "65000000" + "E8030000" + "64000000" + "01", 0x9E),
        (0xCC, "0103" + R + LIMITS, 0x7E),
        (0xC0, "0103" + R + "100000" + "020000", 0x00),
        (0xC0, "0103" + R + "100000" + "010000", 0x9E),
        (0xC0, "0103" + R + "000000" + "020000", 0x9E),
    ],
)
def test_parameters(bench: Reader, ins: int, body: str, status: int) -> None:
    if status:
        with pytest.raises(Refused) as refused:
            bench.command(ins, bytes.fromhex(body))
        assert refused.value.status == status
    else:
        bench.command(ins, bytes.fromhex(body))
        assert bench.command(0x6F) == b"\x01"


def test_duplicate_number(bench: Reader) -> None:
    standard(bench, 1, 16)
    with pytest.raises(Refused) as refused:
        backup(bench, 1, 16)
    assert refused.value.status == 0xDE


def test_not_at_picc_level(reader: Reader) -> None:
    assert reader.native(0xCD, bytes.fromhex("0103" + R + "200000"))[0] == 0x9D


def test_closed_creation(reader: Reader) -> None:
    reader.ok(0xCA, le3(AID) + b"\x0b\x85")
    reader.select(AID)
    assert reader.native(0xCD, bytes.fromhex("0103" + R + "200000"))[0] == 0xAE
    login(reader, 0)
    standard(reader, 1, 32)
    reader.select(AID)
    assert reader.native(0xDF, b"\x01")[0] == 0xAE


def test_iso_ids_are_mandatory_where_the_application_has_them(reader: Reader) -> None:
    reader.ok(0xCA, le3(AID) + b"\x0f\xa5\x10\xe1")
    reader.select(AID)
    assert reader.native(0xCD, bytes.fromhex("0100" + R + "200000"))[0] == 0x7E
    reader.ok(0xCD, bytes.fromhex("0110E100" + R + "200000"))
    assert reader.native(0xCD, bytes.fromhex("0210E100" + R + "200000"))[0] == 0xDE
    assert reader.ok(0x61) == bytes.fromhex("10E1")


def test_delete(bench: Reader) -> None:
    backup(bench, 1, 16)
    bench.authenticate(3)
    write_full(bench, 1, 0, bytes(range(16)))
    bench.command(0xDF, b"\x01")
    assert bench.command(0x6F) == b""
    with pytest.raises(Refused) as refused:
        bench.command(0xC7)
    assert refused.value.status == 0x0C
    bench.authenticate(0)
    with pytest.raises(Refused) as refused:
        bench.command(0xDF, b"\x01")
    assert refused.value.status == 0xF0


def test_transaction_mac_file(card: Card, bench: Reader) -> None:
    transaction_mac(bench, 9, bytes(range(16)), rights(read=1, write=0xF, read_write=0xF))
    assert bench.command(0xF5, b"\x09") == bytes.fromhex("0501F01F0207")
    file = card.state.applications[AID].transaction_mac()
    assert file is not None
    assert file.key.value == bytes(range(16))
    with pytest.raises(Refused) as refused:
        transaction_mac(bench, 10, bytes(16), rights(write=0xF))
    assert refused.value.status == 0xDE


@pytest.mark.parametrize(
    ("header", "data", "status"),
    [
        ("0901F01F00", bytes(17), 0x9E),
        ("0901F01102", bytes(17), 0x9E),
        ("0901F01F02", bytes(16), 0x7E),
        ("2001F01F02", bytes(17), 0x9E),
        ("0905F01F02", bytes(17), 0x9E),
        ("0901F07F02", bytes(17), 0x9E),
    ],
)
def test_transaction_mac_parameters(bench: Reader, header: str, data: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        bench.command(0xCE, bytes.fromhex(header), data, FULL)
    assert refused.value.status == status


def test_transaction_mac_needs_the_master_key(bench: Reader) -> None:
    login(bench, 1)
    with pytest.raises(Refused) as refused:
        transaction_mac(bench, 9, bytes(16), rights(write=0xF))
    assert refused.value.status == 0xAE
