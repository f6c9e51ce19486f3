"""The simulated cards in a process of their own."""

from edge.drivers.registry import open_reader
from onecard.bench.far_side import FLOOR, TAP, far_side, no_chance
from onecard.bench.tap_stage import UID, Community

GET_VERSION = bytes.fromhex("9060000000")


def test_a_card_is_placed_and_cleared() -> None:
    with far_side(Community().issue(), []) as far:
        for field in (TAP, FLOOR):
            reader = open_reader(f"nfc:udp:127.0.0.1:{far.ports[field]}")
            assert reader.wait_for_card(100) is None
            far.place(field)
            card = reader.wait_for_card(10_000)
            assert card is not None
            assert card.uid == UID.hex().upper()
            assert card.transmit(GET_VERSION).endswith(b"\x91\xaf")
            far.clear(field)
            assert card.wait_for_removal(10_000)
            reader.close()


def test_a_card_without_chance_repeats_itself() -> None:
    assert no_chance(3) == bytes(3)
