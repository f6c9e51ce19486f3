"""`onecard card renew` on a simulated card, through nfcpy and through a real pcscd."""

import json
from collections.abc import Callable

import pytest

from firmware_sim.field.pcscd import VirtualReaders
from firmware_sim.field.vpcd import VpcdField
from server.services.cards import cards
from tests.onecard.commands.card.conftest import Hand, Office, stock_card


def grant_serial(office: Office) -> int:
    found = json.loads(office.run("inspect", "--json"))
    assert found["rights"]["grant_problem"] is None
    return int(found["rights"]["grant_serial"])


def test_the_card_carries_a_newer_grant(office: Office, hand: Hand) -> None:
    hand.hold(stock_card())
    office.issue()
    assert grant_serial(office) == 1
    assert office.run("renew") == "Card 1 is renewed.\n"
    assert json.loads(office.run("renew", "--json"))["number"] == 1
    assert grant_serial(office) == 3


def test_pulled_away_while_it_is_renewed(office: Office, hand: Hand) -> None:
    card = stock_card()
    hand.hold(card)
    office.issue()
    hand.hold_shakily(card, 8)
    office.run("renew")
    assert "✗ Put the same card back." in office.err
    assert grant_serial(office) == 2


def test_a_suspended_card_is_not_renewed(office: Office, hand: Hand) -> None:
    from card_protocol.words.card import CardState
    from server.services.work import SYSTEM

    hand.hold(stock_card())
    issued = office.issue()
    with office.transactions.work(SYSTEM) as work:
        cards.change_state(work, issued["id"], CardState.SUSPENDED)
    office.run("renew", expect=1)
    assert "Card 1 is suspended." in office.err
    told = json.loads(office.run("renew", "--json", expect=1))
    assert told == {"problem": "wrong-state", "detail": "Card 1 is suspended."}


@pytest.mark.pcscd
def test_issue_inspect_renew_and_recycle_through_pcsc(
    make_office: Callable[[str], Office], virtual_readers: VirtualReaders
) -> None:
    field = VpcdField(virtual_readers.ports[0])
    office = make_office(f"pcsc:{virtual_readers.names[0]}")
    try:
        Hand(field).hold(stock_card())
        assert office.issue()["state"] == "active"
        assert office.run("renew") == "Card 1 is renewed.\n"
        assert grant_serial(office) == 2
        assert office.run("recycle", "--yes") == "Card 1 is blank stock again.\n"
        assert json.loads(office.run("inspect", "--json"))["condition"] == "stock"
    finally:
        field.close()
