"""The cyclic record file."""

import pytest

from tests.firmware_sim.jobs import AID, commit, cyclic, login, standard
from tests.firmware_sim.reader import FULL, Reader, Refused, le3


def append(reader: Reader, record: bytes, native: bool = False) -> None:
    header = b"\x04" + le3(0) + le3(len(record))
    reader.command(0x3B if native else 0x8B, header, record, FULL, 55 if native else 250)


def read(reader: Reader, newest: int = 0, count: int = 0, native: bool = False) -> bytes:
    return reader.command(0xBB if native else 0xAB, b"\x04" + le3(newest) + le3(count), mode=FULL)


@pytest.fixture
def log(bench: Reader) -> Reader:
    """Four records of four bytes (three can be read back), session of the key with all rights."""
    cyclic(bench, 4, 4, 4)
    return login(bench, 3)


def test_ring(log: Reader) -> None:
    for n in range(1, 6):
        append(log, bytes((n,)) * 4, native=n % 2 == 0)
        commit(log)
    assert read(log) == b"\3\3\3\3\4\4\4\4\5\5\5\5"
    assert read(log, 0, 1) == b"\5\5\5\5"
    assert read(log, 1, 2, native=True) == b"\3\3\3\3\4\4\4\4"
    assert read(log, 2, 0) == b"\3\3\3\3"


def test_one_new_record_per_transaction(log: Reader) -> None:
    append(log, b"aaaa")
    append(log, b"bb")
    commit(log)
    assert read(log) == b"bbaa"
    log.command(0x8B, b"\x04" + le3(2) + le3(2), b"zz", FULL)
    commit(log)
    assert read(log, 0, 1) == b"\0\0zz"


def test_pending_record_is_not_read(log: Reader) -> None:
    append(log, b"aaaa")
    commit(log)
    append(log, b"bbbb")
    assert read(log) == b"aaaa"
    log.command(0xA7)
    assert read(log) == b"aaaa"


@pytest.mark.parametrize(("newest", "count"), [(0, 0), (0, 1), (5, 1)])
def test_nothing_there(log: Reader, newest: int, count: int) -> None:
    with pytest.raises(Refused) as refused:
        read(log, newest, count)
    assert refused.value.status == 0xBE


def test_more_than_there_is(log: Reader) -> None:
    append(log, b"aaaa")
    commit(log)
    with pytest.raises(Refused) as refused:
        read(log, 0, 2)
    assert refused.value.status == 0xBE


@pytest.mark.parametrize(("offset", "data"), [(0, b"fives"), (3, b"ab")])
def test_record_boundaries(log: Reader, offset: int, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        log.command(0x8B, b"\x04" + le3(offset) + le3(len(data)), data, FULL)
    assert refused.value.status == 0xBE


def test_update_an_old_record(log: Reader) -> None:
    for record in (b"aaaa", b"bbbb"):
        append(log, record)
        commit(log)
    log.command(0xBA, b"\x04" + le3(1) + le3(2) + le3(2), b"XY", FULL)
    log.command(0xDB, b"\x04" + le3(1) + le3(0) + le3(1), b"Z", FULL)
    assert read(log) == b"aaaabbbb"
    commit(log)
    assert read(log) == b"ZaXYbbbb"
    with pytest.raises(Refused) as refused:
        log.command(0xBA, b"\x04" + le3(2) + le3(0) + le3(1), b"Z", FULL)
    assert refused.value.status == 0xBE


def test_update_and_append_in_one_transaction_on_a_full_ring(log: Reader) -> None:
    for record in (b"aaaa", b"bbbb", b"cccc"):
        append(log, record)
        commit(log)
    append(log, b"dddd")
    log.command(0xBA, b"\x04" + le3(0) + le3(0) + le3(1), b"!", FULL)
    commit(log)
    assert read(log) == b"bbbb!cccdddd"


def test_clear(log: Reader) -> None:
    append(log, b"aaaa")
    commit(log)
    log.command(0xEB, b"\x04")
    assert read(log) == b"aaaa"
    with pytest.raises(Refused) as refused:
        append(log, b"bbbb")
    assert refused.value.status == 0x9D
    login(log, 3)
    log.command(0xEB, b"\x04")
    commit(log)
    with pytest.raises(Refused) as refused:
        read(log)
    assert refused.value.status == 0xBE


@pytest.mark.parametrize(
    ("key", "ins", "status"),
    [(1, 0x8B, 0x9D), (2, 0xAB, 0x9D), (2, 0xBA, 0x9D), (2, 0xEB, 0x9D), (2, 0x8B, None)],
)
def test_rights(bench: Reader, key: int, ins: int, status: int | None) -> None:
    cyclic(bench, 4, 4, 4)
    login(bench, key)
    header = b"\x04" if ins == 0xEB else b"\x04" + le3(0) * (2 if ins == 0xBA else 1) + le3(4)
    data = b"aaaa" if ins in (0x8B, 0xBA) else b""
    if status is None:
        bench.command(ins, header, data, FULL)
    else:
        with pytest.raises(Refused) as refused:
            bench.command(ins, header, data, FULL)
        assert refused.value.status == status


def test_not_a_record_file(bench: Reader) -> None:
    standard(bench, 4, 4)
    login(bench, 3)
    with pytest.raises(Refused) as refused:
        read(bench)
    assert refused.value.status == 0x9D


def test_clear_in_plain_where_it_is_free(bench: Reader) -> None:
    bench.command(0xC0, b"\x04\x00\xee\xee" + le3(4) + le3(4))
    bench.select(AID)
    bench.ok(0x8B, b"\x04" + le3(0) + le3(4) + b"free")
    bench.ok(0xC7)
    assert bench.ok(0xAB, b"\x04" + bytes(6)) == b"free"
    bench.ok(0xEB, b"\x04")
    bench.ok(0xC7)
    assert bench.native(0xAB, b"\x04" + bytes(6))[0] == 0xBE
