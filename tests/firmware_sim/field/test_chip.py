"""Cards that have only an id."""

import pytest

from firmware_sim.card.entropy import seeded
from firmware_sim.field.chip import OtherSmartCard, UidOnlyChip

SELECT = bytes.fromhex("00A4040007D276000085010000")


def test_classic_is_silent() -> None:
    chip = UidOnlyChip(bytes(4))
    chip.power_on()
    assert chip.transmit(SELECT) == b""
    chip.power_off()
    assert (chip.sak, chip.ats) == (0x08, b"")


@pytest.mark.parametrize(("apdu", "answer"), [(SELECT.hex(), "6a82"), ("9060000000", "6d00"), ("", "6d00")])
def test_bank_card_selects_nothing_of_ours(apdu: str, answer: str) -> None:
    assert OtherSmartCard(bytes(4)).transmit(bytes.fromhex(apdu)).hex() == answer


def test_a_phone_shows_another_id_every_time() -> None:
    phone = OtherSmartCard(bytes(4), seeded(1))
    seen = set()
    for _ in range(3):
        phone.power_on()
        seen.add(phone.uid)
        phone.power_off()
    assert len(seen) == 3
    assert all(uid[0] == 0x08 for uid in seen)


def test_id_length_shows_in_atqa() -> None:
    assert OtherSmartCard(bytes(4)).atqa != OtherSmartCard(bytes(7)).atqa
