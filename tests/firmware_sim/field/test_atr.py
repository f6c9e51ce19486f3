"""The ATR that a PC/SC reader makes up."""

import pytest

from firmware_sim.field.atr import historical_bytes, pcsc_atr
from firmware_sim.field.chip import Chip, OtherSmartCard, UidOnlyChip
from tests.firmware_sim.reader import stock_card


@pytest.mark.parametrize(
    ("chip", "atr"),
    [
        (stock_card(), "3B8180018080"),
        (UidOnlyChip(bytes(4)), "3B8F8001804F0CA000000306030001000000006A"),
        (OtherSmartCard(bytes(4)), "3B80800101"),
    ],
)
def test_literal(chip: Chip, atr: str) -> None:
    assert pcsc_atr(chip).hex().upper() == atr


@pytest.mark.parametrize(
    ("ats", "history"),
    [("067577810280", "80"), ("0578807002", ""), ("02", ""), ("0200", ""), ("0310AA", ""), ("0400ABCD", "ABCD")],
)
def test_historical_bytes(ats: str, history: str) -> None:
    assert historical_bytes(bytes.fromhex(ats)).hex().upper() == history
