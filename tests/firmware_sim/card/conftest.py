"""A factory card, a reader at it, and an application to work in."""

import pytest

from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import AID
from tests.firmware_sim.reader import Reader, le3, reader_of, stock_card


@pytest.fixture
def card() -> Card:
    return stock_card()


@pytest.fixture
def reader(card: Card) -> Reader:
    return reader_of(card)


@pytest.fixture
def bench(reader: Reader) -> Reader:
    """Authenticated with key 0 of an application of five keys."""
    reader.ok(0xCA, le3(AID) + b"\x0f\x85")
    reader.select(AID)
    reader.authenticate(0)
    return reader
