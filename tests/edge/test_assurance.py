"""Other people's cards at a point: a number that anyone can copy, refused unless the point waives it (design § 3)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.words.event import Event
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Flag
from edge.drivers.nfc_reader import NfcReader
from firmware_sim.card.entropy import seeded
from firmware_sim.field.chip import Chip, OtherSmartCard, UidOnlyChip
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from tests.edge.policy import book, entry, gate
from tests.edge.rig import Rig
from tests.edge.words import CARD_ID

CLASSIC, BANK = "A1B2C3D4", "0412345678AABB"


def classic() -> Chip:
    return UidOnlyChip(bytes.fromhex(CLASSIC))


def bank_card() -> Chip:
    return OtherSmartCard(bytes.fromhex(BANK))


def phone() -> Chip:
    return OtherSmartCard(bytes.fromhex("08000000"), seeded("phone"))


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.fixture
def rig(tmp_path: Path, field: UdpField) -> Rig:
    return Rig(tmp_path, lambda: NfcReader(f"udp:127.0.0.1:{field.port}"))


def tap(rig: Rig, field: UdpField, chip: Chip, uid: str, *, waived: bool) -> Event:
    """A point that knows the number, with and without a waiver."""
    minimum = Assurance.UID if waived else Assurance.CARD
    rig.book = book(entry(uid=uid), point=gate(uid_waived=waived, minimum_assurance=minimum))
    with rig:
        field.place(Visit(chip))
        return rig.next_tap(0)


@pytest.mark.parametrize(("make", "uid"), [(classic, CLASSIC), (bank_card, BANK), (phone, "08000000")])
def test_without_a_waiver_even_a_number_that_is_known_opens_nothing(rig: Rig, field: UdpField, make, uid: str) -> None:
    event = tap(rig, field, make(), uid, waived=False)
    assert (event.reason, event.granted, rig.lock.unlocked) == (Reason.ASSURANCE_TOO_LOW, False, 0)


def test_a_minimum_of_uid_alone_is_no_waiver(rig: Rig, field: UdpField) -> None:
    rig.book = book(entry(uid=CLASSIC), point=gate(minimum_assurance=Assurance.UID))
    with rig:
        field.place(Visit(classic()))
        assert rig.next_tap(0).reason is Reason.ASSURANCE_TOO_LOW
        assert rig.lock.unlocked == 0


@pytest.mark.parametrize(("make", "uid"), [(classic, CLASSIC), (bank_card, BANK)])
def test_with_a_waiver_a_known_number_is_let_in_and_the_event_says_why(
    rig: Rig, field: UdpField, make, uid: str
) -> None:
    event = tap(rig, field, make(), uid, waived=True)
    assert (event.reason, event.card_id, rig.lock.unlocked) == (Reason.GRANTED, CARD_ID, 1)
    assert (event.assurance, event.flags) == (Assurance.UID, {Flag.WAIVED})


def test_a_phone_shows_another_number_every_time_so_a_waiver_does_not_help(rig: Rig, field: UdpField) -> None:
    event = tap(rig, field, phone(), "08000000", waived=True)
    assert (event.reason, rig.lock.unlocked) == (Reason.UNKNOWN, 0)
