"""Host frames: literal ones from nfcpy's own start-up, and round trips through any cutting of the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.pn532.frames import ACK, SYNTAX_ERROR, BadFrame, FrameReader, HostAck, HostCommand, Received, answer


def h(text: str) -> bytes:
    return bytes.fromhex(text)


def host_frame(code: int, data: bytes) -> bytes:
    """As UM0701-02 describes it, from the host's side."""
    body = bytes((0xD4, code)) + data
    if len(body) < 0xFF:
        head = bytes((len(body), (256 - len(body)) & 0xFF))
    else:
        length = len(body).to_bytes(2, "big")
        head = b"\xff\xff" + length + bytes(((256 - sum(length)) & 0xFF,))
    return b"\x00\x00\xff" + head + body + bytes(((256 - sum(body)) & 0xFF, 0))


@pytest.mark.parametrize(
    ("line", "received"),
    [
        ("0000FF02FED4022A00", [HostCommand(0x02, b"")]),
        ("00" * 10 + "0000FF05FBD4140100001700", [HostCommand(0x14, h("010000"))]),
        ("0000FF00FF00", [HostAck()]),
        ("0000FFFF0000", [HostAck()]),
        ("5555" + "0000FF02FED4022A00", [HostCommand(0x02, b"")]),
        ("0000FF02FDD4022A00", [BadFrame()]),
        ("0000FF02FED4022B00", [BadFrame()]),
        ("0000FF02FED5022900", [BadFrame()]),
        ("0000FF01FFD42C00", [BadFrame()]),
        ("0000FF02", []),
    ],
)
def test_literal(line: str, received: list[Received]) -> None:
    assert FrameReader().feed(h(line)) == received


@given(
    st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=262)), max_size=4),
    st.lists(st.integers(1, 40), min_size=1, max_size=10),
    st.binary(max_size=5).filter(lambda rubbish: b"\xff" not in rubbish),
)
def test_any_cutting_of_the_line(commands: list[tuple[int, bytes]], cuts: list[int], rubbish: bytes) -> None:
    line = b"".join(rubbish + host_frame(code, data) for code, data in commands)
    reader, received, turn = FrameReader(), [], 0
    while line:
        size = cuts[turn % len(cuts)]
        received += reader.feed(line[:size])
        line, turn = line[size:], turn + 1
    assert received == [HostCommand(code, data) for code, data in commands]


@given(st.binary(max_size=600))
def test_rubbish_never_breaks_it(line: bytes) -> None:
    reader = FrameReader()
    reader.feed(line)
    tail = reader.feed(bytes(300) + host_frame(0x02, b"") * 60)
    assert HostCommand(0x02, b"") in tail


def test_answers() -> None:
    assert answer(0x02, h("32010607")) == h("0000FF06FAD50332010607E800")
    assert answer(0x14, b"") == h("0000FF02FED5151600")
    long = answer(0x00, bytes(260))
    assert long.startswith(h("0000FFFFFF0106F9D501"))
    assert (h("0000FF00FF00"), h("0000FF01FF7F8100")) == (ACK, SYNTAX_ERROR)
