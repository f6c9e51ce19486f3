"""The field behind nfcpy's udp driver: bare datagrams, then nfcpy itself."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator

import nfc
import nfc.clf
import pytest
from nfc.clf import RemoteTarget

from firmware_sim.field.chip import UidOnlyChip
from firmware_sim.field.faults import EVERY, CutAnswer, EndlessWait, FaultPlan, LateAnswer, NoAnswer, Noise
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Ending, Pull, Swap, Visit
from tests.firmware_sim.jobs import AID, login, read_full, standard, write_full
from tests.firmware_sim.reader import UID, Reader, le3, stock_card

PATIENCE_S = 10.0


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.fixture
def frontend(field: UdpField) -> Iterator[nfc.clf.ContactlessFrontend]:
    logging.getLogger("nfc").setLevel(logging.CRITICAL)
    frontend = nfc.ContactlessFrontend(f"udp:127.0.0.1:{field.port}")
    yield frontend
    frontend.close()


class Air:
    """A bare reader: one socket, datagrams in hex."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(PATIENCE_S)

    def send(self, text: str) -> None:
        self.socket.send(text.encode())

    def ask(self, frame: str) -> str:
        self.send(f"106A {frame}")
        return self.socket.recv(2048).decode()


@pytest.fixture
def air(field: UdpField) -> Iterator[Air]:
    air = Air(field.port)
    yield air
    air.socket.close()


def test_datagrams(field: UdpField, air: Air) -> None:
    field.place(Visit(stock_card()))
    assert air.ask("26") == "106A 4403"
    assert air.ask("9320") == "106A 8804a1b29f"
    assert air.ask("93708804a1b29f") == "106A 04"
    assert air.ask("9520") == "106A c3d4e58072"
    assert air.ask("9570c3d4e58072") == "106A 20"
    assert air.ask("e080") == "106A 067577810280"
    assert air.ask("029060000000") == "106A 0204010112001a0591af"
    air.send("RFOFF")
    assert air.ask("26") == "106A 4403"


def test_of_two_questions_only_the_last_is_answered(air: Air, field: UdpField) -> None:
    """The reader gave up on the first; two answers would put the next question one behind, and a chained command's part
    would be sent twice."""
    field.place(Visit(stock_card(), faults=FaultPlan({1: LateAnswer(300)})))
    for frame in ("26", "9320", "93708804a1b29f", "9520", "9570c3d4e58072", "e080"):
        air.ask(frame)
    air.send("106A 029060000000")
    air.send("106A b2")
    answer = air.socket.recv(2048)
    assert answer.startswith(b"106A 02")
    assert air.ask("b3") == "106A a2", "no second answer was waiting"


def test_a_waiting_request_is_answered_when_a_card_comes(field: UdpField, air: Air) -> None:
    air.send("106A 26")
    air.send("106A 26")
    field.place(Visit(stock_card()))
    assert air.socket.recv(2048) == b"106A 4403"


def test_rubbish_is_not_heard(field: UdpField, air: Air) -> None:
    field.place(Visit(stock_card()))
    for text in ("", "106A", "106A zz", "212F 0600FFFF0100", "\x00\xff", "106B 050010", "9320"):
        air.send(text)
    assert air.ask("26") == "106A 4403"


def test_another_reader_starts_anew(field: UdpField, air: Air) -> None:
    field.place(Visit(stock_card()))
    assert air.ask("26") == "106A 4403"
    other = Air(field.port)
    assert other.ask("26") == "106A 4403"
    assert air.ask("26") == "106A 4403"
    other.socket.close()


def test_taken_port(field: UdpField) -> None:
    with pytest.raises(OSError, match="in use"):
        UdpField(field.port)


def activate(frontend: nfc.clf.ContactlessFrontend) -> Reader:
    target = frontend.sense(RemoteTarget("106A"), iterations=3)
    assert target is not None
    tag = nfc.tag.activate(frontend, target)
    assert bytes(tag.identifier) == bytes(target.sdd_res)
    return Reader(lambda apdu: bytes(tag.transceive(apdu)))


def test_nfcpy_whole_conversation(field: UdpField, frontend: nfc.clf.ContactlessFrontend) -> None:
    card = stock_card()
    field.place(visit := Visit(card, waits=1))
    reader = activate(frontend)
    reader.ok(0xCA, le3(AID) + b"\x0f\x85")
    reader.select(AID)
    login(reader, 0)
    standard(reader, 1, 220)
    login(reader, 3)
    write_full(reader, 1, 0, bytes(range(220)))
    assert read_full(reader, 1, 0, 0) == bytes(range(220))
    field.clear()
    assert visit.ending is Ending.TOLD
    assert visit.exchanges == 9


def test_nfcpy_sees_a_card_that_comes_while_it_searches(field: UdpField, frontend: nfc.clf.ContactlessFrontend) -> None:
    timer = threading.Timer(0.05, lambda: field.place(Visit(stock_card())))
    timer.start()
    target = frontend.sense(RemoteTarget("106A"), iterations=5)
    timer.join()
    assert bytes(target.sdd_res) == UID


def test_nfcpy_presence_check(field: UdpField, frontend: nfc.clf.ContactlessFrontend) -> None:
    field.place(Visit(stock_card()))
    target = frontend.sense(RemoteTarget("106A"))
    tag = nfc.tag.activate(frontend, target)
    assert tag.is_present
    field.clear()
    assert not tag.is_present


def test_nfcpy_sees_the_id_of_a_classic(field: UdpField, frontend: nfc.clf.ContactlessFrontend) -> None:
    field.place(Visit(UidOnlyChip(bytes.fromhex("01020304"))))
    target = frontend.sense(RemoteTarget("106A"))
    assert bytes(target.sdd_res) == bytes.fromhex("01020304")
    assert target.sel_res == b"\x08"


@pytest.mark.parametrize(
    "visit",
    [
        pytest.param(lambda: Visit(stock_card(), Pull(2)), id="pulled before"),
        pytest.param(lambda: Visit(stock_card(), Pull(2, executed=True)), id="pulled after"),
        pytest.param(lambda: Visit(stock_card(), swap=Swap(2, Visit(stock_card()))), id="swapped by hand"),
        pytest.param(lambda: Visit(stock_card(), faults=FaultPlan({2: NoAnswer()})), id="answer lost"),
        pytest.param(lambda: Visit(stock_card(), faults=FaultPlan({EVERY: Noise()})), id="noise"),
    ],
)
def test_nfcpy_loses_the_conversation(
    visit: Callable[[], Visit], field: UdpField, frontend: nfc.clf.ContactlessFrontend
) -> None:
    field.place(visit())
    reader = activate(frontend)
    with pytest.raises(nfc.tag.TagCommandError):
        reader.authenticate(0)


def test_after_a_swap_the_next_search_finds_the_other_card(
    field: UdpField, frontend: nfc.clf.ContactlessFrontend
) -> None:
    second = Visit(UidOnlyChip(b"abcd"))
    field.place(Visit(stock_card(), swap=Swap(1, second)))
    reader = activate(frontend)
    with pytest.raises(nfc.tag.TagCommandError):
        reader.native(0x60)
    assert bytes(frontend.sense(RemoteTarget("106A"), iterations=3).sdd_res) == b"abcd"


def test_a_cut_answer_reaches_the_reader_cut(field: UdpField, frontend: nfc.clf.ContactlessFrontend) -> None:
    field.place(Visit(stock_card(), faults=FaultPlan({1: CutAnswer(3)})))
    target = frontend.sense(RemoteTarget("106A"))
    tag = nfc.tag.activate(frontend, target)
    assert bytes(tag.transceive(bytes.fromhex("9060000000"))) == bytes.fromhex("040101")


def test_waits_without_end_are_asked_for(field: UdpField, air: Air) -> None:
    field.place(Visit(stock_card(), faults=FaultPlan({1: EndlessWait()})))
    for frame in ("26", "9320", "93708804a1b29f", "9520", "9570c3d4e58072", "e080"):
        air.ask(frame)
    assert air.ask("029060000000") == "106A f201"
    assert {air.ask("f201") for _ in range(20)} == {"106A f201"}
