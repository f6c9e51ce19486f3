"""SelectApplication and the list of applications."""

from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import AID, backup, read_full, standard, write_full
from tests.firmware_sim.reader import Reader, le3


def test_absent_application(reader: Reader) -> None:
    assert reader.native(0x5A, le3(AID))[0] == 0xA0


def test_length(reader: Reader) -> None:
    assert reader.native(0x5A, b"\x00\x00")[0] == 0x7E
    assert reader.native(0x5A, bytes(6))[0] == 0x7E


def test_select_ends_session_and_transaction(bench: Reader) -> None:
    backup(bench, 1, 16)
    bench.authenticate(3)
    write_full(bench, 1, 0, b"x" * 16)
    bench.select(AID)
    assert bench.native(0x51)[0] == 0xAE
    bench.authenticate(3)
    assert bench.native(0xC7, bench.protect(0xC7, b"", b"", "mac"))[0] == 0x0C
    bench.authenticate(3)
    assert read_full(bench, 1, 0, 0) == bytes(16)


def test_failed_select_keeps_the_application_but_not_the_session(card: Card, bench: Reader) -> None:
    standard(bench, 1, 16)
    assert bench.native(0x5A, le3(0x999999))[0] == 0xA0
    bench.keys = None
    assert bench.ok(0x6F) == b"\x01"


def test_list_chains_after_nineteen(reader: Reader) -> None:
    aids = range(1, 24)
    for aid in aids:
        reader.ok(0xCA, le3(aid) + b"\x0f\x81")
    status, first = reader.native(0x6A)
    assert (status, len(first)) == (0xAF, 59)
    status, rest = reader.native(0xAF)
    assert first + rest == b"".join(map(le3, aids))
    assert status == 0
    reader.authenticate(0)
    assert reader.command(0x6A) == b"".join(map(le3, aids))


def test_list_is_for_the_picc_level(bench: Reader) -> None:
    assert bench.native(0x6A, bench.protect(0x6A, b"", b"", "mac"))[0] == 0x9D


def test_list_needs_the_master_key_when_the_directory_is_closed(reader: Reader) -> None:
    reader.authenticate(0)
    reader.command(0x54, data=b"\x0d", mode="full")
    reader.select(0)
    assert reader.native(0x6A)[0] == 0xAE
    reader.authenticate(0)
    assert reader.command(0x6A) == b""


def test_continuation_with_data_aborts_a_chained_answer(reader: Reader) -> None:
    assert reader.native(0x60)[0] == 0xAF
    assert reader.native(0xAF, b"\x00")[0] == 0xCA
    assert reader.native(0xAF)[0] == 0xCA
