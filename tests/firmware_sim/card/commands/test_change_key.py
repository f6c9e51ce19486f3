"""ChangeKey in all its rights."""

import pytest

from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import AID, login
from tests.firmware_sim.reader import FULL, ZERO, Reader, Refused, crc32nk, le3

NEW = bytes(range(16))


def other_key(new: bytes, old: bytes = ZERO, version: int = 5) -> bytes:
    return bytes(a ^ b for a, b in zip(new, old, strict=True)) + bytes((version,)) + crc32nk(new)


def application(reader: Reader, settings: int) -> None:
    reader.ok(0xCA, le3(AID) + bytes((settings, 0x85)))
    reader.select(AID)


def test_another_key(bench: Reader) -> None:
    bench.command(0xC4, b"\x02", other_key(NEW), FULL)
    assert bench.command(0x64, b"\x02") == b"\x05"
    login(bench, 2, NEW)


def test_the_same_key_ends_the_session_without_mac(bench: Reader) -> None:
    assert bench.native(0xC4, bench.protect(0xC4, b"\x00", NEW + b"\x07", FULL)) == (0x00, b"")
    bench.keys = None
    assert bench.native(0x51)[0] == 0xAE
    login(bench, 0, NEW)
    assert bench.command(0x64, b"\x00") == b"\x07"


@pytest.mark.parametrize("number", [0x00, 0x40, 0x81])
def test_picc_key_number_carries_the_type(reader: Reader, number: int) -> None:
    reader.authenticate(0)
    with pytest.raises(Refused) as refused:
        reader.command(0xC4, bytes((number,)), NEW + b"\x01", FULL)
    assert refused.value.status == (0x40 if number == 0x81 else 0x9E)


def test_picc_master_key(card: Card, reader: Reader) -> None:
    reader.authenticate(0)
    reader.native(0xC4, reader.protect(0xC4, b"\x80", NEW + b"\x01", FULL))
    card.power_off()
    card.power_on()
    login(reader, 0, NEW)


@pytest.mark.parametrize(
    ("settings", "session_key", "target", "status"),
    [
        (0x0F, 1, 2, 0xAE),
        (0x2F, 2, 3, None),
        (0x2F, 2, 2, 0xAE),
        (0x2F, 0, 2, None),
        (0x2F, 0, 3, 0xAE),
        (0xEF, 3, 3, None),
        (0xEF, 0, 3, 0xAE),
        (0xFF, 0, 3, 0x9D),
        (0x0E, 0, 0, 0x9D),
        (0xFF, 0, 0, None),
    ],
)
def test_who_may_change(reader: Reader, settings: int, session_key: int, target: int, status: int | None) -> None:
    application(reader, settings)
    login(reader, session_key)
    data = NEW + b"\x01" if target == session_key else other_key(NEW)
    answer = reader.native(0xC4, reader.protect(0xC4, bytes((target,)), data, FULL))
    assert answer[0] == (status or 0)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (NEW + b"\x05", 0x7E),
        (other_key(NEW) + b"\x00", 0x7E),
        (other_key(NEW)[:-1] + b"\xff", 0x1E),
        (other_key(NEW, old=NEW), 0x1E),
        (b"", 0x7E),
    ],
)
def test_malformed_key_data(bench: Reader, data: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        bench.command(0xC4, b"\x02", data, FULL)
    assert refused.value.status == status
    login(bench, 2)


def test_needs_a_session(bench: Reader) -> None:
    bench.select(AID)
    assert bench.native(0xC4, b"\x01" + bytes(32))[0] == 0xAE


def test_ev2_form_in_the_active_set(bench: Reader) -> None:
    bench.command(0xC6, b"\x00\x02", other_key(NEW), FULL)
    login(bench, 2, NEW)


def test_ev2_form_needs_an_initialised_set(bench: Reader) -> None:
    with pytest.raises(Refused) as refused:
        bench.command(0xC6, b"\x01\x02", other_key(NEW), FULL)
    assert refused.value.status == 0x9E
