"""`onecard card watch`: what lies on the reader, card after card."""

import json
import threading

from firmware_sim.field.chip import OtherSmartCard, UidOnlyChip
from tests.onecard.commands.card.conftest import UID, Hand, Office, stock_card


def one_after_the_other(hand: Hand, *chips: object) -> None:
    """Hold each for a while, from another thread."""

    def play() -> None:
        for chip in chips:
            hand.hold(chip)
            threading.Event().wait(1.0)
            hand.field.clear()
            threading.Event().wait(0.5)

    threading.Thread(target=play, daemon=True).start()


def test_each_card_is_told_once_with_what_it_is(office: Office, hand: Hand) -> None:
    card = stock_card()
    hand.hold(card)
    office.issue()
    hand.field.clear()
    classic, bank = UidOnlyChip(bytes.fromhex("DEADBEEF")), OtherSmartCard(bytes.fromhex("0412345678AABB"))
    one_after_the_other(hand, classic, bank, stock_card("04AAAAAAAAAAAA"), card)
    lines = office.run("watch", "--count", "4", keys=False).splitlines()
    assert [line.split("  ")[0] for line in lines] == ["DEADBEEF", "0412345678AABB", "04AAAAAAAAAAAA", UID]
    assert "only its number can be read (uid)" in lines[0]
    assert "only its number can be read (uid)" in lines[1]
    assert "a blank card" in lines[2]
    assert "looks like a card of ours" in lines[3]


def test_with_keys_a_card_of_ours_proves_itself(office: Office, hand: Hand) -> None:
    hand.hold(stock_card())
    card = office.issue()
    found = json.loads(office.run("watch", "--count", "1", "--json"))
    assert (found["what"], found["card_id"]) == ("ours", card["id"])


def test_a_card_that_is_gone_too_soon_is_told_and_not_counted(office: Office, hand: Hand) -> None:
    hand.hold_shakily(stock_card(), 2)
    assert "a blank card" in office.run("watch", "--count", "1", keys=False)
    assert f"{UID}  was taken away too early" in office.err


def test_a_reader_that_is_not_there(office: Office) -> None:
    office.reader = "pcsc:"
    office.run("watch", "--count", "1", keys=False, expect=1)
    assert office.err.startswith("onecard: The reader: ")
