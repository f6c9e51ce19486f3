"""The nfcpy driver on its UDP device, with the simulated field at the other end."""

import contextlib
import random
import socket
import threading
from collections.abc import Iterator

import nfc.clf
import pytest

from card_protocol.errors import CardGone, CardSilent, EquipmentFault
from edge.drivers import nfc_reader
from edge.drivers.nfc_reader import NfcReader, _parse_datagram
from edge.ports.reader import CardKind
from firmware_sim.field.chip import UidOnlyChip
from firmware_sim.field.faults import CutAnswer, EndlessWait, FaultPlan, LongAnswer, Noise
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from tests.edge.drivers.reader_contract import GET_VERSION, LONG_MS, ReaderContract, ask_often, meet
from tests.edge.issued import stock_card
from tests.edge.words import UID

NOISE = [b"", b"\x00\xff\xfe", b"106A", b"106A 0", b"106A zz", b"212F 00", b"106A 00 00 00", b"x" * 1024]


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.fixture
def reader(field: UdpField) -> Iterator[NfcReader]:
    reader = NfcReader(f"udp:127.0.0.1:{field.port}")
    yield reader
    reader.close()


class TestContract(ReaderContract):
    @pytest.fixture
    def field(self, field: UdpField) -> UdpField:
        return field

    @pytest.fixture
    def reader(self, reader: NfcReader) -> NfcReader:
        return reader


def test_a_chip_without_apdus_is_a_number(reader: NfcReader, field: UdpField) -> None:
    field.place(Visit(UidOnlyChip(bytes.fromhex("A1B2C3D4"))))
    card = meet(reader)
    assert (card.uid, card.kind) == ("A1B2C3D4", CardKind.UID_ONLY)
    with pytest.raises(CardGone):
        card.transmit(GET_VERSION)
    assert not card.wait_for_removal(50)
    field.clear()
    assert card.wait_for_removal(LONG_MS)


def test_a_card_back_after_we_did_not_look_for_long_has_been_away(
    reader: NfcReader, field: UdpField, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine it was taken for one that never left, and its second tap had no answer."""
    monkeypatch.setattr(nfc_reader, "AWAY_MS", 0)
    card = stock_card()
    field.place(Visit(card))
    first = meet(reader)
    assert not first.wait_for_removal(50), "one that answers has not been away, however long nobody asked"
    field.clear()
    field.place(Visit(card))
    assert first.wait_for_removal(LONG_MS)
    assert meet(reader).transmit(GET_VERSION)[-2:] == bytes.fromhex("91AF")


def test_a_presence_check_that_was_missed_is_no_second_tap(
    reader: NfcReader, field: UdpField, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nfc_reader, "AWAY_MS", 1_000_000)
    card = stock_card()
    field.place(Visit(card))
    first = meet(reader)
    field.clear()
    field.place(Visit(card))
    assert not first.wait_for_removal(200)
    assert first.transmit(GET_VERSION)[-2:] == bytes.fromhex("91AF")


def test_a_card_that_was_reset_in_mid_conversation_is_gone_and_not_asked_on(
    reader: NfcReader, field: UdpField, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine a presence check was missed while the server thought, and the card answered 919D."""
    monkeypatch.setattr(nfc_reader, "AWAY_MS", 1_000_000)
    card = stock_card()
    field.place(Visit(card))
    first = meet(reader)
    assert first.transmit(GET_VERSION)[-2:] == bytes.fromhex("91AF")
    field.clear()
    field.place(Visit(card))
    assert not first.wait_for_removal(200)
    with pytest.raises(CardGone, match="without a field"):
        first.transmit(GET_VERSION)
    assert meet(reader).transmit(GET_VERSION)[-2:] == bytes.fromhex("91AF")


def test_a_late_answer_is_not_taken_for_the_next_one(reader: NfcReader, field: UdpField) -> None:
    field.place(Visit(stock_card()))
    card = meet(reader)
    address = reader._frontend.device.socket.getsockname()
    for status in ("91AF", "91CA", "91AF"):
        field._socket.sendto(b"106A 0391AE", address)
        field._socket.sendto(b"106A 0291AE", address)
        assert card.transmit(GET_VERSION)[-2:] == bytes.fromhex(status)


def test_a_card_that_asks_for_time_for_ever_is_left(
    reader: NfcReader, field: UdpField, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nfc_reader, "ANSWER_TIMEOUT_MS", 200)
    field.place(Visit(stock_card(), faults=FaultPlan({1: EndlessWait()})))
    with pytest.raises(CardSilent):
        meet(reader).transmit(GET_VERSION)


def test_an_answer_without_end_is_left(reader: NfcReader, field: UdpField, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nfc_reader, "ANSWER_MAX_FRAMES", 10)
    field.place(Visit(stock_card(), faults=FaultPlan({1: LongAnswer(8000)})))
    with pytest.raises(CardSilent):
        meet(reader).transmit(GET_VERSION)


def test_an_answer_cut_short_arrives_as_it_is(reader: NfcReader, field: UdpField) -> None:
    field.place(Visit(stock_card(), faults=FaultPlan({1: CutAnswer(3)})))
    assert len(meet(reader).transmit(GET_VERSION)) == 3


def test_a_frame_that_the_air_destroys_again_and_again_is_a_card_gone(reader: NfcReader, field: UdpField) -> None:
    field.place(Visit(stock_card(), faults=FaultPlan({1: Noise()})))
    with pytest.raises(CardGone):
        meet(reader).transmit(GET_VERSION)


def test_noise_on_the_readers_port_changes_nothing(reader: NfcReader, field: UdpField) -> None:
    field.place(Visit(stock_card()))
    card = meet(reader)
    address = reader._frontend.device.socket.getsockname()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for datagram in [*NOISE, b"RFOFF", b"106A 0300"]:
            stranger.sendto(datagram, address)
    for datagram in NOISE[:2] + NOISE[3:]:
        field._socket.sendto(datagram, address)
    assert card.transmit(GET_VERSION)[-2:] == bytes.fromhex("91AF")


def test_noise_in_an_empty_field_is_no_card(reader: NfcReader, field: UdpField) -> None:
    assert reader.wait_for_card(20) is None
    reader._frontend.device._create_socket()
    for datagram in NOISE:
        field._socket.sendto(datagram, reader._frontend.device.socket.getsockname())
    assert reader.wait_for_card(200) is None
    field.place(Visit(stock_card()))
    assert meet(reader).uid == UID


@pytest.mark.parametrize("octets", [b"", b"08", b"0801", b"080102030405", b"08" * 14])
def test_a_number_that_no_card_can_have_is_no_card(
    reader: NfcReader, monkeypatch: pytest.MonkeyPatch, octets: bytes
) -> None:
    def heard(*_: object, **__: object) -> nfc.clf.RemoteTarget:
        return nfc.clf.RemoteTarget("106A", sel_res=bytearray(b"\x00"), sdd_res=bytearray.fromhex(octets.decode()))

    monkeypatch.setattr(reader._frontend, "sense", heard)
    assert reader.wait_for_card(20) is None


def test_an_attacker_at_the_other_end_makes_no_card_with_another_kind_of_number() -> None:
    """Whatever answers on the reader's line: a card has a number of 4, 7 or 10 bytes, or there is none."""
    dice = random.Random(7)
    answers = [b"106A 4403", b"106A 0400", b"106A 20", b"106A 0578", b"106A 88041122BF", b"106A zz", b"RFOFF"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        attacker.bind(("127.0.0.1", 0))
        attacker.settimeout(0.05)
        reader = NfcReader(f"udp:127.0.0.1:{attacker.getsockname()[1]}")
        stop = threading.Event()

        def babble() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    _, address = attacker.recvfrom(2048)
                    for _ in range(4):
                        noise = b"106A " + dice.randbytes(dice.choice([1, 2, 5, 7])).hex().encode()
                        attacker.sendto(dice.choice([*answers, noise]), address)

        thread = threading.Thread(target=babble, daemon=True)
        thread.start()
        seen = [card.uid for card in (reader.wait_for_card(100) for _ in range(20)) if card is not None]
        stop.set()
        thread.join()
        reader.close()
    assert all(len(uid) in {8, 14, 20} for uid in seen)


@pytest.mark.parametrize("datagram", NOISE[:2] + NOISE[3:5] + NOISE[6:])
def test_noise_is_no_frame(datagram: bytes) -> None:
    assert _parse_datagram(datagram) is None


def test_a_card_that_never_activates_is_known_by_its_number(reader: NfcReader, field: UdpField) -> None:
    card = stock_card()
    card.state.configuration.ats = bytes.fromhex("0100")
    field.place(Visit(card))
    found = meet(reader)
    assert (found.uid, found.kind) == (UID, CardKind.UID_ONLY)


def test_a_reader_that_is_not_there_is_an_equipment_fault() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    reader = NfcReader(f"udp:127.0.0.1:{port}")
    with pytest.raises(EquipmentFault):
        reader.wait_for_card(LONG_MS)
    reader.close()


def test_a_reader_that_goes_is_an_equipment_fault_in_the_middle_too(reader: NfcReader, field: UdpField) -> None:
    field.place(Visit(stock_card()))
    card = meet(reader)
    field.close()
    with pytest.raises(EquipmentFault):
        ask_often(card, 2)


@pytest.mark.parametrize("path", ["tty:/dev/does-not-exist:pn532", "nonsense", "udp:127.0.0.1:99999", "usb:ffff:ffff"])
def test_a_path_that_leads_nowhere_is_told(path: str) -> None:
    with pytest.raises(EquipmentFault, match="reader"):
        NfcReader(path).wait_for_card(50)
