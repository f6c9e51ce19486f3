"""Service points through nfcpy, a simulated card with all its applications, and a journal on disk."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.profiles.key_bundle import KeyBundle
from card_protocol.profiles.kinds.registry import holders_at
from card_protocol.profiles.layout import Holder
from card_protocol.words.event import EventKind
from card_protocol.words.point import PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer, Service
from edge.core.tap import TapState
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.payment_store import PaymentFiles
from edge.shell.attendant import Attendant
from edge.shell.cashier import Cashier
from firmware_sim.card.card import Card
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from tests.edge.carried import log_of
from tests.edge.policy import book, gate
from tests.edge.rig import Clock, Rig
from tests.edge.served import PRICE, keys_of, purse_of, whole_card
from tests.edge.words import GATE
from tests.support.patience import eventually


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.fixture
def rig(tmp_path: Path, field: UdpField) -> Rig:
    return Rig(tmp_path, lambda: NfcReader(f"udp:127.0.0.1:{field.port}"))


class Keys:
    """The compartments that a point of a kind is given; `asked` is which of them it opened."""

    def __init__(self, given: frozenset[Holder]) -> None:
        self.given = given
        self.asked: set[Holder] = set()

    def __call__(self, holder: Holder) -> KeyBundle | None:
        self.asked.add(holder)
        return keys_of(holder) if holder in self.given else None


def becomes(rig: Rig, folder: Path, kind: PointKind, **changes: object) -> Keys:
    """The point of the rig is of another kind."""
    point = gate(kind=kind, **changes)
    rig.book = book(point=point)
    keys = Keys(holders_at(point))
    cashier = Cashier(GATE, PaymentFiles(folder / "payments"), rig.recorder, Clock().now, os.urandom)
    rig.services = Attendant("gw-1", keys, lambda: rig.book, Clock().now, cashier, still_inside=lambda _: 3)
    return keys


def tap(rig: Rig, field: UdpField, card: Card) -> Answer | None:
    so_far = len(rig.feedback.reasons)
    field.place(Visit(card))
    rig.next_tap(so_far)
    # The card lies there until it is served and written to, as the screen says.
    eventually(lambda: rig.loop is not None and rig.loop.state is TapState.LEAVING)
    field.clear()
    eventually(lambda: rig.loop is not None and rig.loop.state is TapState.EMPTY)
    return rig.feedback.answers[-1]


def test_a_meal_is_paid_and_the_access_event_is_written_all_the_same(rig: Rig, field: UdpField, tmp_path: Path) -> None:
    keys, card = becomes(rig, tmp_path, PointKind.CARE, price_fen=PRICE), whole_card(2000)
    with rig:
        assert tap(rig, field, card) == Answer(Service.PAID, PRICE, 1200)
        assert rig.feedback.reasons == [Reason.GRANTED]
        (made,) = eventually(lambda: rig.events(EventKind.PAYMENT_MADE))
        (tapped,) = rig.events()
        assert made.card_id == tapped.card_id
        eventually(lambda: rig.events(EventKind.CARD_WRITTEN))
    assert purse_of(card) == 1200
    assert len(log_of(card)) == 1
    assert keys.asked == {Holder.CARE_POINT, Holder.PAY_POINT}


def test_a_gate_asks_for_no_keys_but_the_doors(rig: Rig, field: UdpField, tmp_path: Path) -> None:
    keys = becomes(rig, tmp_path, PointKind.GATE)
    with rig:
        assert tap(rig, field, whole_card()) is None
    assert keys.asked == set()


def test_a_muster_point_counts_who_comes_and_says_who_is_awaited(rig: Rig, field: UdpField, tmp_path: Path) -> None:
    becomes(rig, tmp_path, PointKind.MUSTER)
    with rig:
        assert tap(rig, field, whole_card()) == Answer(Service.SAFE, missing=3)
