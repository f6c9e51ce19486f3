"""The PC/SC driver on a real pcscd, with the simulated card behind its virtual reader."""

from collections.abc import Iterator

import pytest

from card_protocol.errors import CardGone, EquipmentFault
from edge.drivers import pcsc_reader
from edge.drivers.pcsc_reader import PcscReader, reader_names
from edge.ports.reader import CardKind
from firmware_sim.field.chip import UidOnlyChip
from firmware_sim.field.pcscd import VirtualReaders
from firmware_sim.field.visit import Visit
from firmware_sim.field.vpcd import VpcdField
from tests.edge.drivers.reader_contract import GET_VERSION, LONG_MS, ReaderContract, meet
from tests.edge.issued import stock_card
from tests.support.patience import eventually


@pytest.fixture(scope="module")
def card_slot(readers_of_this_process: VirtualReaders) -> Iterator[VpcdField]:
    """One for all tests: it keeps the pause between two cards that pcscd needs to notice."""
    field = VpcdField(readers_of_this_process.ports[0])
    yield field
    field.close()


@pytest.fixture
def field(virtual_readers: VirtualReaders, card_slot: VpcdField) -> Iterator[VpcdField]:
    yield card_slot
    card_slot.clear()


@pytest.fixture
def reader(field: VpcdField, virtual_readers: VirtualReaders) -> Iterator[PcscReader]:
    name = virtual_readers.names[0]
    eventually(lambda: name in reader_names())
    reader = PcscReader(name)
    yield reader
    reader.close()


@pytest.mark.pcscd
class TestContract(ReaderContract):
    @pytest.fixture
    def field(self, field: VpcdField) -> VpcdField:
        return field

    @pytest.fixture
    def reader(self, reader: PcscReader) -> PcscReader:
        return reader


@pytest.mark.pcscd
def test_a_chip_without_apdus_is_a_number(reader: PcscReader, field: VpcdField) -> None:
    field.place(Visit(UidOnlyChip(bytes.fromhex("A1B2C3D4"))))
    card = meet(reader)
    assert (card.uid, card.kind) == ("A1B2C3D4", CardKind.UID_ONLY)


@pytest.mark.pcscd
def test_a_service_that_restarts_is_an_equipment_fault_and_can_be_opened_again(
    reader: PcscReader, field: VpcdField, virtual_readers: VirtualReaders
) -> None:
    virtual_readers.stop()
    with pytest.raises(EquipmentFault):
        reader.wait_for_card(LONG_MS)
    with pytest.raises(EquipmentFault):
        PcscReader(reader.name)
    virtual_readers.start()
    eventually(lambda: reader.name in reader_names())
    again = PcscReader(reader.name)
    field.place(Visit(stock_card()))
    card = meet(again)
    virtual_readers.stop()
    with pytest.raises(EquipmentFault):
        card.transmit(GET_VERSION)
    with pytest.raises(EquipmentFault):
        card.wait_for_removal(LONG_MS)
    again.close()


@pytest.mark.pcscd
def test_a_reader_that_another_program_holds_is_told(reader: PcscReader, field: VpcdField) -> None:
    field.place(Visit(stock_card()))
    meet(reader)
    other = PcscReader(reader.name)
    with pytest.raises(EquipmentFault, match="another program"):
        other.wait_for_card(LONG_MS)
    other.close()


@pytest.mark.pcscd
def test_a_reader_that_is_not_there_is_told_with_those_that_are(virtual_readers: VirtualReaders) -> None:
    eventually(lambda: virtual_readers.names[0] in reader_names())
    with pytest.raises(EquipmentFault, match=r"'ACS' \(there are: Virtual PCD 0 00 00"):
        PcscReader("ACS")


def test_without_pyscard_it_is_a_clear_equipment_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcsc_reader, "scard", None)
    with pytest.raises(EquipmentFault, match="pyscard"):
        PcscReader("Virtual PCD 00 00")
    with pytest.raises(EquipmentFault, match="pyscard"):
        reader_names()


def test_an_answer_longer_than_an_apdu_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless:
        SCARD_S_SUCCESS = 0

        def __getattr__(self, name: str) -> int:
            return -1

        def SCardTransmit(self, *_: object) -> tuple[int, list[int]]:
            return 0, [0] * (pcsc_reader.ANSWER_MAX_BYTES + 1)

    monkeypatch.setattr(pcsc_reader, "scard", Endless())
    with pytest.raises(CardGone, match="more bytes"):
        pcsc_reader._transmit(None, 2, GET_VERSION)
