"""The firmware with an antenna of paper."""

from collections.abc import Callable

import pytest

from firmware_sim.field.typea import TypeA
from firmware_sim.pn532.chip import Noisy, Pn532
from tests.firmware_sim.reader import stock_card


def h(text: str) -> bytes:
    return bytes.fromhex(text)


class Paper:
    """An antenna that answers by a function and remembers what happened."""

    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self.answer, self.frames, self.waited_ms, self.went_down = answer, [b""][:0], [0.0][:0], 0

    def off(self) -> None:
        self.went_down += 1

    def exchange(self, frame: bytes, timeout_ms: float) -> bytes | None:
        self.frames.append(frame)
        self.waited_ms.append(timeout_ms)
        return self.answer(frame)


def with_card() -> tuple[Pn532, Paper]:
    card = stock_card()
    paper = Paper(TypeA(card, card.transmit, lambda: 0).receive)
    return Pn532(paper), paper


def empty() -> tuple[Pn532, Paper]:
    paper = Paper(lambda _frame: None)
    return Pn532(paper), paper


@pytest.mark.parametrize(
    ("code", "data", "answer"),
    [
        (0x02, "", "32010607"),
        (0x00, "00010203", "00010203"),
        (0x00, "01", "00"),
        (0x04, "", "00010080"),
        (0x10, "07", ""),
        (0x12, "00", ""),
        (0x14, "010000", ""),
        (0x16, "F0", "00"),
        (0x32, "0501001", None),
        (0x44, "01", "00"),
        (0x52, "01", "00"),
    ],
)
def test_housekeeping(code: int, data: str, answer: str | None) -> None:
    chip, _ = empty()
    if answer is None:
        assert chip.execute(code, h("05010001")) == b""
    else:
        assert chip.execute(code, h(data)) == h(answer)


def test_unknown_command() -> None:
    assert empty()[0].execute(0x99, b"") is None


def test_list_passive_target() -> None:
    chip, paper = with_card()
    assert chip.execute(0x4A, h("0100")) == h("0101" + "0344" + "20" + "07" + "04A1B2C3D4E580")
    assert chip.execute(0x06, h("6339")) == b"\x00"
    assert chip.execute(0x06, h("6304")) == b"\x83"
    assert paper.frames[0] == b"\x26"


@pytest.mark.parametrize(("wanted", "found"), [("8804A1B2C3D4E580", True), ("8804A1B2C3D4E581", False)])
def test_list_a_wanted_card(wanted: str, found: bool) -> None:
    chip, _ = with_card()
    answer = chip.execute(0x4A, h("0100" + wanted))
    assert answer is not None
    assert answer[0] == found


@pytest.mark.parametrize("data", ["0100", "0103", "0101", "01"])
def test_nobody_there(data: str) -> None:
    chip, _ = empty()
    assert chip.execute(0x4A, h(data)) == b"\x00"
    assert chip.execute(0x06, h("6339")) == b"\x26"


@pytest.mark.parametrize("spoilt", [0, 1, 2, 3, 4])
def test_spoilt_anticollision_finds_nobody(spoilt: int) -> None:
    card = stock_card()
    air = TypeA(card, card.transmit, lambda: 0)
    seen = -1

    def answer(frame: bytes) -> bytes | None:
        nonlocal seen
        seen += 1
        reply = air.receive(frame)
        if seen != spoilt or reply is None:
            return reply
        if spoilt in (1, 3):
            return reply[:-1] + bytes((reply[-1] ^ 1,))
        raise Noisy

    assert Pn532(Paper(answer)).execute(0x4A, h("0100")) == b"\x00"


@pytest.mark.parametrize(("index", "timeout_ms"), [(1, 0.1), (11, 102.4), (16, 3276.8), (0, 3276.8), (99, 3276.8)])
def test_communicate_thru_waits_as_configured(index: int, timeout_ms: float) -> None:
    chip, paper = empty()
    chip.execute(0x32, bytes((0x02, 10, 11, index)))
    assert chip.execute(0x42, h("E080")) == b"\x01"
    assert paper.waited_ms[-1] == pytest.approx(timeout_ms)


def test_communicate_thru() -> None:
    paper = Paper(lambda frame: frame[::-1])
    assert Pn532(paper).execute(0x42, h("010203")) == h("00030201")
    paper.answer = lambda _frame: bytes(400)
    answer = Pn532(paper).execute(0x42, b"\x01")
    assert answer is not None
    assert len(answer) == 263


def test_bad_crc_has_its_own_status() -> None:
    def noisy(_frame: bytes) -> bytes | None:
        raise Noisy

    assert Pn532(Paper(noisy)).execute(0x42, b"\x01") == b"\x02"


def test_carrier() -> None:
    chip, paper = with_card()
    chip.execute(0x32, h("0103"))
    assert (paper.went_down, chip.execute(0x06, h("6304"))) == (0, b"\x83")
    chip.execute(0x32, h("0102"))
    assert (paper.went_down, chip.execute(0x06, h("6304"))) == (1, b"\x80")
    chip.execute(0x08, h("630201"))
    assert chip.execute(0x06, h("6302")) == b"\x01"
