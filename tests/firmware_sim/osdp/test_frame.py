"""Packets as bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.osdp.frame import MAX_BYTES, BadFrame, Splitter, close, crc16, head, parse

POLL = bytes.fromhex("53 01 08 00 04 60 BB AA".replace(" ", ""))[:6]


def poll() -> bytes:
    return close(head(0x01, 0, b"", 0x60, b"", with_mac=False))


def test_the_crc_is_the_standards() -> None:
    # CRC-16/SPI-FUJITSU (poly 1021, init 1D0F): check value of "123456789".
    assert crc16(b"123456789") == 0xE5CC


def test_a_poll_as_literal_bytes() -> None:
    raw = poll()
    assert raw[:6] == POLL
    assert len(raw) == 8
    frame = parse(raw)
    assert (frame.address, frame.sequence, frame.code, frame.data, frame.security, frame.mac) == (
        1,
        0,
        0x60,
        b"",
        b"",
        b"",
    )


security = st.sampled_from([b"", b"\x11\x01", b"\x13", b"\x15", b"\x17"])


@given(st.integers(0, 0xFF), st.integers(0, 3), security, st.integers(0, 0xFF), st.binary(max_size=200))
def test_a_packet_comes_back_as_it_was(address: int, sequence: int, block: bytes, code: int, data: bytes) -> None:
    has_mac = bool(block) and block[0] in (0x15, 0x17)
    signed = head(address, sequence, block, code, data, has_mac)
    raw = close(signed + (b"MACS" if has_mac else b""))
    frame = parse(raw)
    assert (frame.address, frame.sequence, frame.security, frame.code, frame.data) == (
        address,
        sequence,
        block,
        code,
        data,
    )
    assert (frame.mac, frame.signed) == ((b"MACS", signed) if has_mac else (b"", signed))


@given(st.binary(max_size=60))
def test_noise_is_no_packet(noise: bytes) -> None:
    if len(noise) < 8 or crc16(noise[:-2]) != int.from_bytes(noise[-2:], "little"):
        with pytest.raises(BadFrame):
            parse(noise)


@given(st.data())
def test_a_flipped_bit_is_noticed(data: st.DataObject) -> None:
    raw = bytearray(poll())
    position = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[position // 8] ^= 1 << position % 8
    with pytest.raises(BadFrame):
        parse(bytes(raw))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_a_stream_is_cut_where_packets_end(cuts: list[int]) -> None:
    stream = b"\xff" + poll() + b"\x00noise" + poll() + b"\xff" + poll()
    splitter, found, start = Splitter(), [], 0
    for cut in [*cuts, len(stream)]:
        found += splitter.feed(stream[start : start + cut])
        start += cut
    assert found == [poll()] * 3


def test_a_length_that_no_packet_has_is_skipped() -> None:
    splitter = Splitter()
    assert splitter.feed(bytes.fromhex("5301") + (MAX_BYTES + 1).to_bytes(2, "little") + b"\x04" + poll()) == [poll()]
    assert splitter.feed(poll()[:5]) == []
    splitter.reset()
    assert splitter.feed(poll()) == [poll()]
