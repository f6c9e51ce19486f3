"""The driver of QR scanners, with a simulated one at the other end of a pseudo terminal.

It cannot inherit `reader_contract`: a code has no chip that one could talk to. What of it is true for codes is here.
"""

from collections.abc import Iterator

import pytest

from card_protocol.errors import EquipmentFault
from edge.core.pass_code import uid_of
from edge.drivers import qr_reader
from edge.drivers.qr_reader import LINE_MAX_BYTES, QrReader
from edge.ports.reader import CardKind
from firmware_sim.qr.scanner import Scanner

LONG_MS = 5000


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    with Scanner() as made:
        yield made


@pytest.fixture
def reader(scanner: Scanner) -> Iterator[QrReader]:
    made = QrReader(scanner.port)
    yield made
    made.close()


def test_nothing_before_it_is_no_code(reader: QrReader) -> None:
    assert reader.wait_for_card(20) is None
    assert reader.name


def test_a_code_is_read_whole_whatever_its_ending(reader: QrReader, scanner: Scanner) -> None:
    for ending in (b"\r", b"\n", b"\r\n"):
        scanner.show("OC1:ABC 123", ending=ending)
        code = reader.wait_for_card(LONG_MS)
        assert code is not None
        assert (code.kind, code.uid, code.transmit(b"")) == (CardKind.CODE, uid_of("OC1:ABC 123"), b"OC1:ABC 123")


def test_a_code_that_comes_in_pieces_is_one(reader: QrReader, scanner: Scanner) -> None:
    scanner.type(b"OC1:")
    assert reader.wait_for_card(20) is None
    scanner.type(b"ABC\r")
    code = reader.wait_for_card(LONG_MS)
    assert code is not None
    assert code.text == "OC1:ABC"


def test_a_code_that_is_held_is_one_tap_until_it_goes(
    reader: QrReader, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner.show("A", times=3)
    code = reader.wait_for_card(LONG_MS)
    assert code is not None
    assert not code.wait_for_removal(1)
    monkeypatch.setattr(qr_reader, "HELD_MS", 0)
    assert code.wait_for_removal(1)
    assert reader.wait_for_card(1) is None


def test_the_next_persons_code_ends_the_one_before(reader: QrReader, scanner: Scanner) -> None:
    scanner.show("A")
    code = reader.wait_for_card(LONG_MS)
    assert code is not None
    scanner.show("B")
    assert code.wait_for_removal(LONG_MS)
    following = reader.wait_for_card(1)
    assert following is not None
    assert following.text == "B"


def test_noise_and_a_line_without_end_cost_nothing_but_themselves(reader: QrReader, scanner: Scanner) -> None:
    scanner.type(bytes(range(128, 256)) + b"\r")
    noise = reader.wait_for_card(LONG_MS)
    assert noise is not None
    assert noise.uid
    for _ in range(3):
        scanner.type(b"x" * (LINE_MAX_BYTES // 2))
        assert reader.wait_for_card(20) is None
    scanner.type(b"\r")
    scanner.show("good")
    code = reader.wait_for_card(LONG_MS)
    assert code is not None
    assert code.text == "good"


def test_a_scanner_that_is_not_there_or_is_pulled_out_is_told(scanner: Scanner) -> None:
    with pytest.raises(EquipmentFault):
        QrReader("/dev/no-such-scanner")
    with pytest.raises(EquipmentFault, match="baud"):
        QrReader(f"{scanner.port}@fast")
    reader = QrReader(f"{scanner.port}@115200")
    scanner.unplug()
    with pytest.raises(EquipmentFault):
        reader.wait_for_card(LONG_MS)
    reader.close()
