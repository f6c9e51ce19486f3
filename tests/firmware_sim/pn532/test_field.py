"""nfcpy's own PN532 driver over pyserial on the pseudo terminal."""

import logging
from collections.abc import Iterator

import nfc
import nfc.clf
import pytest
import serial
from nfc.clf import RemoteTarget, pn532, transport

from firmware_sim.field.chip import UidOnlyChip
from firmware_sim.field.faults import EVERY, FaultPlan, LateAnswer, Noise
from firmware_sim.field.visit import Ending, Pull, Visit
from firmware_sim.pn532.field import Pn532Field
from tests.firmware_sim.reader import UID, Reader, stock_card


@pytest.fixture
def field() -> Iterator[Pn532Field]:
    field = Pn532Field()
    yield field
    field.close()


@pytest.fixture
def frontend(field: Pn532Field) -> Iterator[nfc.clf.ContactlessFrontend]:
    logging.getLogger("nfc").setLevel(logging.CRITICAL)
    frontend = nfc.clf.ContactlessFrontend()
    frontend.device = pn532.init(transport.TTY(field.path))
    yield frontend
    frontend.close()


def activate(frontend: nfc.clf.ContactlessFrontend) -> Reader:
    target = frontend.sense(RemoteTarget("106A"), RemoteTarget("106B"), RemoteTarget("212F"))
    tag = nfc.tag.activate(frontend, target)
    return Reader(lambda apdu: bytes(tag.transceive(apdu)))


def test_conversation(field: Pn532Field, frontend: nfc.clf.ContactlessFrontend) -> None:
    assert frontend.sense(RemoteTarget("106A")) is None
    field.place(visit := Visit(stock_card()))
    reader = activate(frontend)
    reader.authenticate(0)
    assert reader.command(0x51, mode="full") == UID
    assert visit.exchanges == 3
    field.clear()
    assert visit.ending is Ending.TOLD
    assert frontend.sense(RemoteTarget("106A")) is None


def test_a_second_host_after_the_first(field: Pn532Field) -> None:
    for _ in range(2):
        frontend = nfc.clf.ContactlessFrontend()
        frontend.device = pn532.init(transport.TTY(field.path))
        frontend.close()


def test_searching_resets_the_card(field: Pn532Field, frontend: nfc.clf.ContactlessFrontend) -> None:
    field.place(Visit(stock_card()))
    activate(frontend).authenticate(0)
    assert activate(frontend).native(0x51)[0] == 0xAE


def test_a_classic_is_found_by_its_id(field: Pn532Field, frontend: nfc.clf.ContactlessFrontend) -> None:
    field.place(Visit(UidOnlyChip(b"\x01\x02\x03\x04")))
    target = frontend.sense(RemoteTarget("106A"))
    assert (bytes(target.sdd_res), bytes(target.sel_res)) == (b"\x01\x02\x03\x04", b"\x08")


@pytest.mark.parametrize(
    "visit",
    [
        pytest.param(Visit(stock_card(), Pull(2)), id="pulled"),
        pytest.param(Visit(stock_card(), faults=FaultPlan({EVERY: Noise()})), id="noise"),
    ],
)
def test_the_conversation_is_lost(visit: Visit, field: Pn532Field, frontend: nfc.clf.ContactlessFrontend) -> None:
    field.place(visit)
    reader = activate(frontend)
    with pytest.raises(nfc.tag.TagCommandError):
        reader.authenticate(0)


def test_an_answer_too_late_is_asked_for_again(field: Pn532Field, frontend: nfc.clf.ContactlessFrontend) -> None:
    field.place(visit := Visit(stock_card(), faults=FaultPlan({2: LateAnswer(60_000)})))
    reader = activate(frontend)
    reader.authenticate(0)
    assert visit.exchanges == 2


def test_rubbish_on_the_line(field: Pn532Field) -> None:
    with serial.Serial(field.path, 115200, timeout=5) as line:
        line.write(bytes(range(256)) * 4 + bytes(300) + bytes.fromhex("0000FF02FED4992F00") * 2)
        line.write(bytes.fromhex("0000FF03FDD499002F00" + "0000FF02FED4993300"))
        line.write(bytes.fromhex("0000FF02FED4022A00"))
        received = line.read_until(bytes.fromhex("0000FF06FAD50332010607E800"))
    assert received.endswith(bytes.fromhex("0000FF06FAD50332010607E800"))
