"""The same tap gives the same event on both reader stacks (only its times differ)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from card_protocol.words.card import CardState
from card_protocol.words.event import Event
from card_protocol.words.reason import Reason
from edge.core.tap import SEEN_TO_APPEND_US, TapState
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.pcsc_reader import PcscReader, reader_names
from edge.ports.reader import Reader
from firmware_sim.field.chip import OtherSmartCard, UidOnlyChip
from firmware_sim.field.faults import CutAnswer, FaultPlan, FlipBit
from firmware_sim.field.field import Field
from firmware_sim.field.pcscd import VirtualReaders
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Pull, Visit
from firmware_sim.field.vpcd import VpcdField
from tests.edge.issued import FOREIGN_COMMUNITY, issued_card, stock_card
from tests.edge.policy import book, entry
from tests.edge.rig import Rig
from tests.support.patience import eventually

VISITS: dict[str, tuple[Callable[[], Visit], Reason]] = {
    "resident": (lambda: Visit(issued_card()), Reason.GRANTED),
    "foreign": (lambda: Visit(issued_card(community=FOREIGN_COMMUNITY)), Reason.FOREIGN),
    "stock": (lambda: Visit(stock_card()), Reason.ASSURANCE_TOO_LOW),
    "bank card": (lambda: Visit(OtherSmartCard(bytes.fromhex("04AABBCCDDEEFF"))), Reason.ASSURANCE_TOO_LOW),
    "old card": (lambda: Visit(UidOnlyChip(bytes.fromhex("A1B2C3D4"))), Reason.ASSURANCE_TOO_LOW),
    "pulled away": (lambda: Visit(issued_card(), pull=Pull(3)), Reason.PULLED_AWAY),
    "cut short": (lambda: Visit(issued_card(), faults=FaultPlan({4: CutAnswer(1)})), Reason.MALFORMED),
    "altered": (lambda: Visit(issued_card(), faults=FaultPlan({4: FlipBit(0)})), Reason.CARD_FAULT),
}


def without_times(event: Event) -> Event:
    detail = {name: value for name, value in event.detail.items() if name != SEEN_TO_APPEND_US}
    return event.model_copy(update={"mono_ns": 0, "detail": detail})


def play(folder: Path, open_reader: Callable[[], Reader], field: Field) -> list[Event]:
    rig = Rig(folder, open_reader)
    rig.book = book(entry(CardState.ACTIVE))
    events: list[Event] = []
    with rig:
        for number, (make, _) in enumerate(VISITS.values()):
            field.place(make())
            events.append(rig.next_tap(number))
            field.clear()
            eventually(lambda: rig.loop is not None and rig.loop.state is TapState.EMPTY)
    return events


@pytest.fixture
def udp() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.fixture
def vpcd(virtual_readers: VirtualReaders) -> Iterator[VpcdField]:
    field = VpcdField(virtual_readers.ports[1])
    yield field
    field.close()


@pytest.mark.pcscd
def test_both_stacks_tell_the_same(
    tmp_path: Path, udp: UdpField, vpcd: VpcdField, virtual_readers: VirtualReaders
) -> None:
    name = virtual_readers.names[1]
    eventually(lambda: name in reader_names())
    for folder in ("nfc", "pcsc"):
        (tmp_path / folder).mkdir()
    over_nfc = play(tmp_path / "nfc", lambda: NfcReader(f"udp:127.0.0.1:{udp.port}"), udp)
    over_pcsc = play(tmp_path / "pcsc", lambda: PcscReader(name), vpcd)
    assert [event.reason for event in over_nfc] == [reason for _, reason in VISITS.values()]
    assert list(map(without_times, over_nfc)) == list(map(without_times, over_pcsc))
