"""The client of vpcd against a bare server. The real pcscd is in ``tests/firmware_sim/test_three_stacks.py``."""

import socket
from collections.abc import Iterator

import pytest

from firmware_sim.field.chip import UidOnlyChip
from firmware_sim.field.faults import EndlessWait, FaultPlan, NoAnswer, Noise
from firmware_sim.field.visit import Ending, Pull, Visit
from firmware_sim.field.vpcd import VpcdField
from tests.firmware_sim.reader import UID, stock_card

PATIENCE_S = 10.0
VERSION = "9060000000"


class Vpcd:
    """pcscd's side of the line, played by hand."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE_S)
        self.port: int = self.listener.getsockname()[1]
        self.line: socket.socket | None = None

    def accept(self) -> None:
        self.line, _ = self.listener.accept()
        self.line.settimeout(PATIENCE_S)

    def send(self, body: str) -> None:
        assert self.line is not None
        raw = bytes.fromhex(body)
        self.line.sendall(len(raw).to_bytes(2, "big") + raw)

    def ask(self, body: str) -> str:
        self.send(body)
        return self.receive()

    def receive(self) -> str:
        """One message, or ``closed``."""
        assert self.line is not None
        head = self.line.recv(2, socket.MSG_WAITALL)
        if len(head) < 2:
            return "closed"
        return self.line.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL).hex().upper()

    def close(self) -> None:
        self.listener.close()
        if self.line is not None:
            self.line.close()


@pytest.fixture
def vpcd() -> Iterator[Vpcd]:
    vpcd = Vpcd()
    yield vpcd
    vpcd.close()


@pytest.fixture
def field(vpcd: Vpcd) -> Iterator[VpcdField]:
    field = VpcdField(vpcd.port)
    yield field
    field.close()


def test_messages(field: VpcdField, vpcd: Vpcd) -> None:
    field.place(Visit(stock_card()))
    vpcd.accept()
    assert vpcd.ask("04") == "3B8180018080"
    vpcd.send("01")
    assert vpcd.ask("FFCA000000") == UID.hex().upper() + "9000"
    assert vpcd.ask("FFCA010000") == "6A81"
    assert vpcd.ask(VERSION) == "04010112001A0591AF"
    vpcd.send("02")
    assert vpcd.ask("90AF000000") == "91CA"
    vpcd.send("00")
    assert vpcd.ask("04") == "3B8180018080"


def test_connection_is_the_card(field: VpcdField, vpcd: Vpcd) -> None:
    visit = Visit(UidOnlyChip(b"abcd"))
    field.place(visit)
    vpcd.accept()
    vpcd.send("01")
    assert vpcd.ask("FFCA000000") == "616263649000"
    field.clear()
    assert vpcd.receive() == "closed"
    assert visit.ending is Ending.TOLD
    field.place(Visit(stock_card()))
    vpcd.accept()
    vpcd.send("01")
    assert vpcd.ask("FFCA000000") == UID.hex().upper() + "9000"


@pytest.mark.parametrize("fault", [NoAnswer(), Noise(), EndlessWait()])
def test_a_lost_answer_loses_the_card_and_it_is_found_again(
    fault: NoAnswer | Noise | EndlessWait, field: VpcdField, vpcd: Vpcd
) -> None:
    field.place(Visit(stock_card(), faults=FaultPlan({1: fault})))
    vpcd.accept()
    vpcd.send("01")
    assert vpcd.ask(VERSION) == "closed"
    vpcd.accept()
    vpcd.send("01")
    assert vpcd.ask(VERSION) == "04010112001A0591AF"


def test_pulled_away(field: VpcdField, vpcd: Vpcd) -> None:
    visit = Visit(stock_card(), Pull(2))
    field.place(visit)
    vpcd.accept()
    vpcd.send("01")
    vpcd.ask(VERSION)
    assert vpcd.ask("90AF000000") == "closed"
    assert visit.ending is Ending.PULLED


def test_without_power_nothing_is_answered(field: VpcdField, vpcd: Vpcd) -> None:
    card = stock_card()
    card.power_off()
    field.place(Visit(card))
    vpcd.accept()
    assert vpcd.ask(VERSION) == "closed"


def test_pcscd_may_come_later_and_go(vpcd: Vpcd) -> None:
    vpcd.listener.close()
    field = VpcdField(vpcd.port)
    try:
        field.place(Visit(stock_card()))
        vpcd.listener = socket.create_server(("127.0.0.1", vpcd.port))
        vpcd.listener.settimeout(PATIENCE_S)
        vpcd.accept()
        assert vpcd.ask("04") == "3B8180018080"
        assert vpcd.line is not None
        vpcd.line.close()
        vpcd.accept()
        assert vpcd.ask("04") == "3B8180018080"
    finally:
        field.close()


def test_an_empty_or_broken_message_ends_the_connection(field: VpcdField, vpcd: Vpcd) -> None:
    field.place(Visit(stock_card()))
    vpcd.accept()
    assert vpcd.line is not None
    vpcd.line.sendall(b"\x00\x00")
    assert vpcd.receive() == "closed"
