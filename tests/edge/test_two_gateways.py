"""Anti-passback between two gateways that hear nothing of one another: the card itself tells where it went last."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.policy.book import Book, MemoryBook
from card_protocol.policy.rules import Area, Passback
from card_protocol.words.event import Event
from card_protocol.words.point import Direction
from card_protocol.words.reason import Reason
from edge.core.tap import TapState
from edge.drivers.nfc_reader import NfcReader
from edge.shell.surroundings import BoxSurroundings
from firmware_sim.card.card import Card
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from tests.edge.issued import issued_card
from tests.edge.policy import book, entry, gate
from tests.edge.rig import Clock, Rig
from tests.support.patience import eventually

FRESH_LOG_TRIPS = 4 + 1 + 4
"""An empty log costs the session, once in a card's life."""


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


def policy(direction: Direction) -> Book:
    head = book(point=gate(direction=direction)).head
    assert head is not None
    yard = Area(id="community", number=7, name_zh="院", name_en="Yard", passback=Passback.HARD)
    return MemoryBook(head.model_copy(update={"areas": (yard,)}), [entry()])


def gateway(folder: Path, field: UdpField, direction: Direction) -> Rig:
    rig = Rig(folder, lambda: NfcReader(f"udp:127.0.0.1:{field.port}"))
    rig.book = policy(direction)
    rig.surroundings = BoxSurroundings(lambda: rig.book, lambda _: 0, Clock().now)
    return rig


def tap_at(folder: Path, field: UdpField, card: Card, direction: Direction = Direction.IN) -> Event:
    """One tap at a gateway that knows nothing of the past."""
    folder.mkdir()
    with gateway(folder, field, direction) as rig:
        field.place(Visit(card))
        event = rig.next_tap(0)
        # What follows the unlock is written onto the card before it is taken away.
        eventually(lambda: rig.loop is not None and rig.loop.state is TapState.LEAVING)
        field.clear()
        eventually(lambda: rig.loop is not None and rig.loop.state is TapState.EMPTY)
    return event


def test_the_card_tells_the_second_gateway_that_its_holder_is_inside(tmp_path: Path, field: UdpField) -> None:
    card = issued_card()
    first = tap_at(tmp_path / "1", field, card)
    assert (first.reason, first.detail["round_trips"]) == (Reason.GRANTED, FRESH_LOG_TRIPS)
    second = tap_at(tmp_path / "2", field, card)
    assert (second.reason, second.detail["round_trips"]) == (Reason.PASSED_BACK, 5)
    assert second.situation is not None
    assert second.situation.last is not None
    assert second.situation.last.direction is Direction.IN
    assert tap_at(tmp_path / "3", field, card, Direction.OUT).reason is Reason.GRANTED
    assert tap_at(tmp_path / "4", field, card).reason is Reason.GRANTED
