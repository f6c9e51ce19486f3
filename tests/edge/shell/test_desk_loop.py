"""The desk's loop between a scripted server and a card in the simulated field."""

import queue
import threading
from collections.abc import Iterator

import pytest

from card_protocol.errors import EquipmentFault
from card_protocol.wire.desk import Answer, Apdu, CardHere, Hello, Show
from card_protocol.wire.desk import CardGone as CardLeft
from edge.drivers.nfc_reader import NfcReader
from edge.ports.desk_link import LinkLost
from edge.ports.reader import Reader
from edge.shell import desk_loop
from edge.shell.desk_loop import DeskLoop
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Pull, Visit
from tests.edge.console import Screen
from tests.edge.issued import stock_card
from tests.edge.words import UID
from tests.support.patience import PATIENCE_S, eventually

GET_VERSION = "9060000000"
HELLO = Hello(desk="desk-1", reader="")


class Line:
    """A line whose other end is the test."""

    def __init__(self) -> None:
        self.said: queue.Queue[object] = queue.Queue(100)
        self.to_say: queue.Queue[Apdu | Show | LinkLost] = queue.Queue(100)
        self.is_closed = False

    def send(self, message: object) -> None:
        self.said.put(message)

    def receive(self, timeout_ms: int) -> Apdu | Show | None:
        try:
            message = self.to_say.get(timeout=timeout_ms / 1000) if timeout_ms else self.to_say.get_nowait()
        except queue.Empty:
            return None
        if isinstance(message, LinkLost):
            raise message
        return message

    def close(self) -> None:
        self.is_closed = True

    def hears(self) -> object:
        return self.said.get(timeout=PATIENCE_S)


class Desk:
    def __init__(self, port: int) -> None:
        self.lines: queue.Queue[Line] = queue.Queue(10)
        self.screen = Screen()
        self.stop = threading.Event()
        self.no_reader: EquipmentFault | None = None
        self._port = port
        self.loop = DeskLoop("desk-1", self._open_reader, self._dial, self.screen, self.stop)
        self.thread = threading.Thread(target=self.loop.run, daemon=True)

    def _open_reader(self) -> Reader:
        if self.no_reader is not None:
            raise self.no_reader
        return NfcReader(f"udp:127.0.0.1:{self._port}")

    def _dial(self) -> Line:
        line = Line()
        self.lines.put(line)
        return line

    def next_line(self) -> Line:
        line = self.lines.get(timeout=PATIENCE_S)
        hello = line.hears()
        assert isinstance(hello, Hello)
        assert hello == HELLO.model_copy(update={"reader": f"udp:127.0.0.1:{self._port}"})
        return line


@pytest.fixture
def field() -> Iterator[UdpField]:
    field = UdpField()
    yield field
    field.close()


@pytest.fixture
def desk(field: UdpField, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(desk_loop, "BACK_OFF_FIRST_MS", 20)
    desk = Desk(field.port)
    desk.thread.start()
    yield desk
    desk.stop.set()
    desk.thread.join(PATIENCE_S)
    assert not desk.thread.is_alive()


def test_the_server_talks_to_the_card_through_the_desk(desk: Desk, field: UdpField) -> None:
    line = desk.next_line()
    field.place(Visit(stock_card()))
    assert line.hears() == CardHere(uid=UID)
    line.to_say.put(Apdu(turn=4, data=GET_VERSION))
    answer = line.hears()
    assert isinstance(answer, Answer)
    assert (answer.turn, answer.data[-4:]) == (4, "91AF")
    field.clear()
    assert line.hears() == CardLeft()
    field.place(Visit(stock_card()))
    assert line.hears() == CardHere(uid=UID)


def test_a_card_pulled_away_is_gone_instead_of_an_answer(desk: Desk, field: UdpField) -> None:
    line = desk.next_line()
    field.place(Visit(stock_card(), pull=Pull(1)))
    assert line.hears() == CardHere(uid=UID)
    line.to_say.put(Apdu(turn=1, data=GET_VERSION))
    assert line.hears() == CardLeft()


def test_a_command_for_no_card_is_answered_with_gone(desk: Desk) -> None:
    line = desk.next_line()
    line.to_say.put(Apdu(turn=1, data=GET_VERSION))
    assert line.hears() == CardLeft()


@pytest.mark.parametrize("with_card", [False, True])
def test_sentences_of_the_server_are_shown(desk: Desk, field: UdpField, with_card: bool) -> None:
    line = desk.next_line()
    if with_card:
        field.place(Visit(stock_card()))
        line.hears()
    said = Show(zh="请放卡", en="Put the card", good=True)
    line.to_say.put(said)
    eventually(lambda: desk.screen.shown == [said])


def test_a_lost_line_is_dialled_again(desk: Desk, field: UdpField) -> None:
    line = desk.next_line()
    line.to_say.put(LinkLost("hung up"))
    again = desk.next_line()
    assert line.is_closed
    field.place(Visit(stock_card()))
    assert again.hears() == CardHere(uid=UID)
    again.to_say.put(LinkLost("hung up"))
    assert desk.next_line().hears() == CardHere(uid=UID)


def test_without_a_reader_the_desk_hangs_up_until_it_is_back(desk: Desk, field: UdpField) -> None:
    line = desk.next_line()
    field.place(Visit(stock_card()))
    assert line.hears() == CardHere(uid=UID)
    desk.no_reader = EquipmentFault("unplugged")
    field.close()
    line.to_say.put(Apdu(turn=1, data=GET_VERSION))
    eventually(lambda: line.is_closed)
    assert line.hears() == CardLeft()
    desk.no_reader = None
    eventually(lambda: not desk.lines.empty())
