"""ISO SELECT."""

import pytest

from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import AID
from tests.firmware_sim.reader import Reader, le3

PICC = "00A4040007D276000085010000"


@pytest.mark.parametrize(
    ("apdu", "answer"),
    [
        (PICC, "9000"),
        ("00A4040C07D2760000850100", "9000"),
        ("00A4040007D276000085010100", "6A82"),
        ("00A40000023F0000", "9000"),
        ("00A40000", "9000"),
        ("00A4000002E10500", "6A82"),
        ("00A4000001E100", "6700"),
        ("00A4020002E10500", "6A86"),
        ("00A4040107D276000085010000", "6A86"),
        ("00B000000F", "6D00"),
        ("80CA9F7F00", "6E00"),
        ("00A404", "6700"),
    ],
)
def test_answers(card: Card, apdu: str, answer: str) -> None:
    assert card.transmit(bytes.fromhex(apdu)) == bytes.fromhex(answer)


def test_application_by_name_and_by_id(card: Card, reader: Reader) -> None:
    reader.ok(0xCA, le3(AID) + b"\x0f\xa1\x05\xe1onecard")
    for apdu in ("00A40000" + "02E105" + "00", "00A40400" + "07" + b"onecard".hex() + "00"):
        card.transmit(bytes.fromhex(PICC))
        assert card.transmit(bytes.fromhex(apdu)) == bytes.fromhex("9000")
        assert reader.native(0x6A)[0] == 0x9D


def test_a_selection_ends_the_session(card: Card, bench: Reader) -> None:
    card.transmit(bytes.fromhex(PICC))
    assert bench.native(0x51)[0] == 0xAE


def test_a_failed_one_leaves_it(card: Card, bench: Reader) -> None:
    card.transmit(bytes.fromhex("00A4000002E10500"))
    assert bench.command(0x51, mode="full") == card.state.silicon.uid
