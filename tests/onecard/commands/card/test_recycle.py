"""`onecard card recycle` on a simulated card, through nfcpy."""

import json

import pytest

from server.services.cards import cards
from tests.onecard.commands.card.conftest import Hand, Office, stock_card


def test_a_card_goes_back_to_stock_and_can_be_issued_again(office: Office, hand: Hand) -> None:
    card = stock_card()
    hand.hold(card)
    first = office.issue()
    assert office.run("recycle", "--yes") == "Card 1 is blank stock again.\n"
    assert not card.state.applications
    with office.transactions.read() as session:
        assert cards.get(session, first["id"]).state == "stock"
    assert office.issue()["id"] == first["id"]


def test_pulled_away_while_it_is_made_blank(office: Office, hand: Hand) -> None:
    card = stock_card()
    hand.hold(card)
    office.issue()
    hand.hold_shakily(card, 6)
    assert json.loads(office.run("recycle", "--yes", "--json"))["card"]["state"] == "stock"
    assert "✗ Put the same card back." in office.err


def test_a_blank_card(office: Office, hand: Hand) -> None:
    hand.hold(stock_card())
    assert office.run("recycle", "--yes") == "The card was blank already.\n"


def test_it_asks_first(office: Office, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    card = stock_card()
    hand.hold(card)
    office.issue()
    monkeypatch.setattr("typer.confirm", refuse)
    office.run("recycle", expect=1)
    assert card.state.applications


def refuse(text: str, **options: object) -> bool:
    assert text == "Everything on the card will be lost. Go on?"
    assert options["abort"] is True
    raise SystemExit(1)
