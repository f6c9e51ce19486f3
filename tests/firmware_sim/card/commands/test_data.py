"""Reading and writing data files in every mode and both ways of chaining."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.firmware_sim.jobs import AID, backup, commit, cyclic, login, read_full, rights, standard, write_full
from tests.firmware_sim.reader import FULL, MAC, PLAIN, Reader, Refused, le3, reader_of, stock_card

MODES = {PLAIN: 0, MAC: 1, FULL: 3}


def bench_of(mode: str, size: int) -> Reader:
    reader = reader_of(stock_card())
    reader.ok(0xCA, le3(AID) + b"\x0f\x85")
    reader.select(AID)
    login(reader, 0)
    standard(reader, 1, size, MODES[mode])
    return login(reader, 3)


@given(
    mode=st.sampled_from((PLAIN, MAC, FULL)),
    native=st.booleans(),
    offset=st.integers(0, 20),
    data=st.binary(min_size=1, max_size=200),
)
def test_write_then_read(mode: str, native: bool, offset: int, data: bytes) -> None:
    reader = bench_of(mode, 230)
    header = b"\x01" + le3(offset) + le3(len(data))
    write, read, frame = (0x3D, 0xBD, 55) if native else (0x8D, 0xAD, 250)
    reader.command(write, header, data, mode, frame)
    assert reader.command(read, header, mode=mode) == data
    whole = reader.command(read, b"\x01" + bytes(6), mode=mode)
    assert whole == bytes(offset) + data + bytes(230 - offset - len(data))
    assert reader.counter == 3


def test_long_native_read_is_cut_into_frames(bench: Reader) -> None:
    standard(bench, 1, 500, 0, rights(read=0xE, write=0xE))
    bench.select(AID)
    sizes = []
    status, data = bench.native(0xBD, b"\x01" + bytes(6))
    sizes.append(len(data))
    while status == 0xAF:
        status, data = bench.native(0xAF)
        sizes.append(len(data))
    assert sizes == [59] * 8 + [28]


@pytest.mark.parametrize(
    ("offset", "length", "status"),
    [(0, 0, None), (63, 1, None), (0, 65, 0xBE), (64, 0, 0xBE), (64, 1, 0xBE), (70, 0, 0xBE)],
)
def test_read_boundaries(bench: Reader, offset: int, length: int, status: int | None) -> None:
    standard(bench, 1, 64)
    login(bench, 1)
    if status is None:
        assert read_full(bench, 1, offset, length) == bytes(length or 64)
    else:
        with pytest.raises(Refused) as refused:
            read_full(bench, 1, offset, length)
        assert refused.value.status == status


def test_write_boundaries(bench: Reader) -> None:
    standard(bench, 1, 16)
    login(bench, 2)
    with pytest.raises(Refused) as refused:
        write_full(bench, 1, 8, bytes(9))
    assert refused.value.status == 0xBE
    login(bench, 2)
    with pytest.raises(Refused) as refused:
        write_full(bench, 1, 0, b"")
    assert refused.value.status == 0x9E


@pytest.mark.parametrize("change", [-1, 1])
def test_announced_length_must_match(bench: Reader, change: int) -> None:
    standard(bench, 1, 64, 1)
    login(bench, 2)
    body = bench.protect(0x8D, b"\x01" + bytes(3) + le3(16 + change), bytes(16), MAC)
    assert bench.native(0x8D, body)[0] == 0x7E


def test_answer_longer_than_a_short_apdu(bench: Reader) -> None:
    standard(bench, 1, 300, 0, rights(read=0xE))
    bench.select(AID)
    assert len(bench.ok(0xAD, b"\x01" + bytes(3) + le3(256))) == 256
    assert bench.native(0xAD, b"\x01" + bytes(6))[0] == 0x7E


def test_native_frames_are_short(bench: Reader) -> None:
    standard(bench, 1, 64, 0, rights(write=0xE))
    bench.select(AID)
    head = b"\x01" + bytes(3) + le3(49)
    assert bench.native(0x3D, head + bytes(49))[0] == 0x7E
    assert bench.native(0x3D, head + bytes(48))[0] == 0xAF
    assert bench.native(0xAF, b"")[0] == 0x7E
    assert bench.native(0x3D, head + bytes(48))[0] == 0xAF
    assert bench.native(0xAF, bytes(2))[0] == 0x7E
    assert bench.native(0x3D, head + bytes(48))[0] == 0xAF
    assert bench.native(0x60)[0] == 0xCA


@pytest.mark.parametrize(
    ("key", "reads", "writes"), [(1, None, 0x9D), (2, 0x9D, None), (3, None, None), (4, 0x9D, 0x9D)]
)
def test_rights(bench: Reader, key: int, reads: int | None, writes: int | None) -> None:
    standard(bench, 1, 16)
    for job, expected in (
        (lambda: read_full(bench, 1, 0, 0), reads),
        (lambda: write_full(bench, 1, 0, bytes(16)), writes),
    ):
        login(bench, key)
        if expected is None:
            job()
        else:
            with pytest.raises(Refused) as refused:
                job()
            assert refused.value.status == expected


def test_keyed_access_without_session(bench: Reader) -> None:
    standard(bench, 1, 16)
    bench.select(AID)
    assert bench.native(0xAD, b"\x01" + bytes(6))[0] == 0xAE
    assert bench.native(0x8D, b"\x01" + bytes(3) + le3(1) + b"x")[0] == 0xAE


def test_denied_access_without_session(bench: Reader) -> None:
    standard(bench, 1, 16, access=rights(read=0xF, read_write=0xF))
    bench.select(AID)
    assert bench.native(0xAD, b"\x01" + bytes(6))[0] == 0x9D


def test_free_access_is_plain_even_inside_a_foreign_session(bench: Reader) -> None:
    standard(bench, 1, 16, access=rights(read=0xE))
    bench.select(AID)
    assert bench.ok(0xAD, b"\x01" + bytes(6)) == bytes(16)
    login(bench, 4)
    assert bench.command(0xAD, b"\x01" + bytes(6), mode=PLAIN) == bytes(16)
    assert bench.command(0x51, mode=FULL)
    login(bench, 3)
    assert read_full(bench, 1, 0, 0) == bytes(16)


def test_wrong_type_and_absent_file(bench: Reader) -> None:
    cyclic(bench, 1, 8, 3)
    login(bench, 3)
    for number, status in ((1, 0x9D), (2, 0xF0)):
        for ins in (0xAD, 0x8D):
            with pytest.raises(Refused) as refused:
                bench.command(ins, bytes((number,)) + bytes(3) + le3(1), b"" if ins == 0xAD else b"x", FULL)
            assert refused.value.status == status
            login(bench, 3)


def test_backup_is_valid_after_commit_only(bench: Reader) -> None:
    backup(bench, 1, 32)
    login(bench, 3)
    write_full(bench, 1, 0, b"a" * 16)
    write_full(bench, 1, 16, b"b" * 16)
    assert read_full(bench, 1, 0, 0) == bytes(32)
    commit(bench)
    assert read_full(bench, 1, 0, 0) == b"a" * 16 + b"b" * 16


def test_standard_is_valid_at_once(bench: Reader) -> None:
    standard(bench, 1, 4)
    login(bench, 3)
    write_full(bench, 1, 0, b"now!")
    bench.select(AID)
    login(bench, 1)
    assert read_full(bench, 1, 0, 0) == b"now!"


@given(bit=st.integers(0, 7), at=st.integers(0, 38))
def test_a_flipped_bit_in_a_protected_write_changes_nothing(bit: int, at: int) -> None:
    reader = bench_of(FULL, 16)
    body = bytearray(reader.protect(0x8D, b"\x01" + bytes(3) + le3(16), b"sixteen bytes ok", FULL))
    at = 1 + at % (len(body) - 1)
    body[at] ^= 1 << bit
    assert reader.native(0x8D, bytes(body))[0] in (0x1E, 0x7E)
    login(reader, 3)
    assert read_full(reader, 1, 0, 0) == bytes(16)


def test_a_replayed_command_is_an_integrity_error(bench: Reader) -> None:
    standard(bench, 1, 16)
    login(bench, 3)
    body = bench.protect(0x8D, b"\x01" + bytes(3) + le3(16), bytes(16), FULL)
    assert bench.native(0x8D, body)[0] == 0x00
    assert bench.native(0x8D, body)[0] == 0x1E


def test_padding_may_not_hide_a_shorter_write(bench: Reader) -> None:
    """9 and 12 bytes both fill one block when padded: the announced length still decides."""
    standard(bench, 1, 16)
    login(bench, 2)
    body = bench.protect(0x8D, b"\x01" + bytes(3) + le3(12), b"nine byte", FULL)
    assert bench.native(0x8D, body)[0] == 0x7E
    login(bench, 1)
    assert read_full(bench, 1, 0, 0) == bytes(16)
