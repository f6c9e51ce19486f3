"""Commit, abort, and the transaction MAC against a second reading of the data sheet."""

import pytest

from tests.firmware_sim.jobs import (
    AID,
    backup,
    commit,
    cyclic,
    login,
    read_full,
    rights,
    transaction_mac,
    value,
    write_full,
)
from tests.firmware_sim.reader import FULL, MAC, UID, Reader, Refused, aes, cmac16, le3, mac8

TM_KEY = bytes(range(0x20, 0x30))
NO_READER_ID = rights(read=1, write=0xF, read_write=0xF)
WITH_READER_ID = rights(read=1, write=0xF, read_write=3)


def tm_key(label: int, counter: int) -> bytes:
    return cmac16(TM_KEY, bytes((label, 0, 1, 0, 0x80)) + counter.to_bytes(4, "little") + UID)


@pytest.fixture
def job(bench: Reader) -> Reader:
    """A backup file, a log, a purse and a transaction MAC file without reader id."""
    backup(bench, 1, 32)
    cyclic(bench, 4, 16, 3)
    value(bench, 5, 0, 1000, 100)
    transaction_mac(bench, 9, TM_KEY, NO_READER_ID)
    return login(bench, 3)


def test_commit_and_abort_with_nothing_pending(bench: Reader) -> None:
    for ins in (0xC7, 0xA7):
        with pytest.raises(Refused) as refused:
            bench.command(ins)
        assert refused.value.status == 0x0C
        login(bench, 0)


def test_abort_forgets(bench: Reader) -> None:
    backup(bench, 1, 16)
    login(bench, 3)
    write_full(bench, 1, 0, b"x" * 16)
    bench.command(0xA7)
    assert read_full(bench, 1, 0, 0) == bytes(16)
    with pytest.raises(Refused):
        commit(bench)


def test_all_files_change_in_one_step(job: Reader) -> None:
    write_full(job, 1, 0, b"n" * 32)
    job.command(0x8B, b"\x04" + le3(0) + le3(16), b"r" * 16, FULL)
    job.command(0xDC, b"\x05", (7).to_bytes(4, "little"), FULL)
    commit(job)
    assert read_full(job, 1, 0, 0) == b"n" * 32
    assert job.command(0xAB, b"\x04" + bytes(6), mode=FULL) == b"r" * 16
    assert job.command(0x6C, b"\x05", mode=FULL) == (93).to_bytes(4, "little")


def test_any_error_ends_the_transaction(job: Reader) -> None:
    write_full(job, 1, 0, b"n" * 32)
    with pytest.raises(Refused):
        job.command(0x6C, b"\x06", mode=FULL)
    login(job, 3)
    assert read_full(job, 1, 0, 0) == bytes(32)


def test_non_first_keeps_the_transaction_and_first_ends_it(bench: Reader) -> None:
    backup(bench, 1, 16)
    login(bench, 3)
    write_full(bench, 1, 0, b"k" * 16)
    bench.authenticate(4, first=False)
    commit(bench)
    login(bench, 3)
    assert read_full(bench, 1, 0, 0) == b"k" * 16
    write_full(bench, 1, 0, b"l" * 16)
    login(bench, 3)
    with pytest.raises(Refused):
        commit(bench)


def test_transaction_mac(job: Reader) -> None:
    write_full(job, 1, 4, b"0123456789")
    job.command(0x8B, b"\x04" + le3(0) + le3(16), b"r" * 16, FULL)
    job.command(0xDC, b"\x05", (7).to_bytes(4, "little"), FULL)
    answer = job.command(0xC7, b"\x01")
    tmi = bytes.fromhex("8D01" + "040000" + "0A0000") + bytes(8) + b"0123456789" + bytes(6)
    tmi += bytes.fromhex("8B04" + "000000" + "100000") + bytes(8) + b"r" * 16
    tmi += bytes.fromhex("DC05" + "07000000") + bytes(10)
    assert answer == (1).to_bytes(4, "little") + mac8(tm_key(0x5A, 1), tmi)
    login(job, 1)
    assert job.command(0xAD, b"\x09" + bytes(6), mode=MAC) == answer


def test_reading_alone_moves_the_counter(job: Reader) -> None:
    read_full(job, 1, 0, 0)
    assert job.command(0x6C, b"\x05", mode=FULL) == (100).to_bytes(4, "little")
    tmi = bytes.fromhex("AD01" + "000000" + "200000") + bytes(8) + bytes(32)
    tmi += bytes.fromhex("6C05" + "64000000") + bytes(10)
    assert job.command(0xC7, b"\x01") == (1).to_bytes(4, "little") + mac8(tm_key(0x5A, 1), tmi)
    read_full(job, 1, 0, 8)
    assert job.command(0xC7, b"\x01")[:4] == (2).to_bytes(4, "little")


def test_aborted_reads_do_not_count(job: Reader) -> None:
    read_full(job, 1, 0, 0)
    job.command(0xA7)
    with pytest.raises(Refused) as refused:
        commit(job)
    assert refused.value.status == 0x0C


def test_option_without_transaction_mac_file(bench: Reader) -> None:
    backup(bench, 1, 16)
    login(bench, 3)
    write_full(bench, 1, 0, bytes(16))
    with pytest.raises(Refused) as refused:
        bench.command(0xC7, b"\x01")
    assert refused.value.status == 0x9D


@pytest.mark.parametrize(("option", "status"), [(b"\x02", 0x9E), (b"\x01\x00", 0x7E)])
def test_bad_option(job: Reader, option: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        job.command(0xC7, option)
    assert refused.value.status == status


def test_reader_id(bench: Reader) -> None:
    backup(bench, 1, 16)
    transaction_mac(bench, 9, TM_KEY, WITH_READER_ID)
    login(bench, 3)
    first, second = b"R" * 16, b"S" * 16
    write_full(bench, 1, 0, b"a" * 16)
    assert bench.command(0xC8, first) == aes(tm_key(0xA5, 1), bytes(16), bytes(16))
    commit(bench)
    write_full(bench, 1, 0, b"b" * 16)
    sealed = bench.command(0xC8, second)
    assert sealed == aes(tm_key(0xA5, 2), bytes(16), first)
    tmi = bytes.fromhex("8D01" + "000000" + "100000") + bytes(8) + b"b" * 16
    tmi += b"\xc8" + second + sealed + bytes(15)
    assert bench.command(0xC7, b"\x01") == (2).to_bytes(4, "little") + mac8(tm_key(0x5A, 2), tmi)


def test_commit_without_the_reader_id_is_refused(bench: Reader) -> None:
    backup(bench, 1, 16)
    transaction_mac(bench, 9, TM_KEY, WITH_READER_ID)
    login(bench, 3)
    write_full(bench, 1, 0, b"a" * 16)
    with pytest.raises(Refused) as refused:
        commit(bench)
    assert refused.value.status == 0x9D
    login(bench, 3)
    assert read_full(bench, 1, 0, 0) == bytes(16)


def test_reader_id_refusals(job: Reader) -> None:
    for body, status in ((bytes(15), 0x7E), (bytes(16), 0x9D)):
        with pytest.raises(Refused) as refused:
            job.command(0xC8, body)
        assert refused.value.status == status
        login(job, 3)


def test_reader_id_once_per_transaction(bench: Reader) -> None:
    transaction_mac(bench, 9, TM_KEY, WITH_READER_ID)
    login(bench, 3)
    bench.command(0xC8, bytes(16))
    with pytest.raises(Refused) as refused:
        bench.command(0xC8, bytes(16))
    assert refused.value.status == 0x9D


def test_exhausted_counter_stops_data_commands(bench: Reader, card) -> None:  # type: ignore[no-untyped-def]
    backup(bench, 1, 16)
    transaction_mac(bench, 9, TM_KEY, NO_READER_ID)
    file = card.state.applications[AID].transaction_mac()
    file.counter = 0xFFFFFFFF
    login(bench, 3)
    with pytest.raises(Refused) as refused:
        read_full(bench, 1, 0, 0)
    assert refused.value.status == 0x9D
    login(bench, 1)
    assert bench.command(0xAD, b"\x09" + bytes(6), mode=MAC)[:4] == b"\xff" * 4


def test_reader_id_without_session_is_not_simulated(bench: Reader) -> None:
    transaction_mac(bench, 9, TM_KEY, rights(write=0xF, read_write=0xE))
    bench.select(AID)
    assert bench.native(0xC8, bytes(16))[0] == 0xAE
