"""One fixed job of several files, cut before and after every one of its exchanges: old state or new, no other."""

from collections.abc import Callable

import pytest

from firmware_sim.card import store
from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import AID, backup, cyclic, login, value, write_full
from tests.firmware_sim.reader import FULL, Reader, le3, reader_of, stock_card


class Torn(Exception):
    """The card is gone."""


def prepared() -> str:
    reader = reader_of(card := stock_card())
    reader.ok(0xCA, le3(AID) + b"\x0f\x85")
    reader.select(AID)
    login(reader, 0)
    backup(reader, 1, 192)
    backup(reader, 2, 32)
    cyclic(reader, 4, 16, 3)
    value(reader, 5, 0, 100, 100)
    return store.dump(card.state)


def job(reader: Reader) -> None:
    """A purchase: two files, a log and the purse in one transaction; the big write in native frames."""
    reader.select(AID)
    login(reader, 3)
    reader.command(0x3D, b"\x01" + le3(0) + le3(192), b"G" * 192, FULL, 55)
    write_full(reader, 2, 0, b"R" * 32)
    reader.command(0x8B, b"\x04" + le3(0) + le3(16), b"L" * 16, FULL)
    reader.command(0xDC, b"\x05", (30).to_bytes(4, "little"), FULL)
    reader.command(0xC7)


def cut(card: Card, at: int, executed: bool) -> Callable[[bytes], bytes]:
    seen = 0

    def transmit(apdu: bytes) -> bytes:
        nonlocal seen
        seen += 1
        if seen == at and not executed:
            card.power_off()
            raise Torn
        answer = card.transmit(apdu)
        if seen == at:
            card.power_off()
            raise Torn
        return answer

    return transmit


def exchanges_of_the_job() -> int:
    seen = 0
    card = stock_card()
    card.state = store.load(prepared())

    def transmit(apdu: bytes) -> bytes:
        nonlocal seen
        seen += 1
        return card.transmit(apdu)

    job(Reader(transmit))
    return seen


EXCHANGES = exchanges_of_the_job()


@pytest.mark.parametrize("executed", [False, True])
@pytest.mark.parametrize("at", range(1, EXCHANGES + 1))
def test_old_or_new(at: int, executed: bool) -> None:
    old = prepared()
    card = stock_card()
    card.state = store.load(old)
    with pytest.raises(Torn):
        job(Reader(cut(card, at, executed)))
    committed = at == EXCHANGES and executed
    assert (store.dump(card.state) == old) is not committed
    card.power_on()
    job(reader_of(card))
    purse = card.state.applications[AID].files[5]
    assert purse.kind == "value"
    assert purse.value == (40 if committed else 70)
