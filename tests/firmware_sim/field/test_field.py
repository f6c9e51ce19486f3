"""The bell and the stand."""

import socket

from firmware_sim.field.field import Doorbell, Stand
from firmware_sim.field.visit import Ending, Pull, Swap, Visit
from tests.firmware_sim.reader import stock_card


def test_bell_rings_once_or_often() -> None:
    bell = Doorbell()
    for _ in range(100_000):
        bell.ring()
    bell.answer()
    bell.close()
    bell.ring()
    bell.answer()


def test_wait_tells_bell_from_files() -> None:
    stand = Stand()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert not stand.wait(ours, timeout_s=0)
        stand.bell.ring()
        assert not stand.wait(ours)
        theirs.send(b"x")
        assert stand.wait(ours)


def test_one_visit_at_a_time() -> None:
    stand = Stand()
    first, second = Visit(stock_card()), Visit(stock_card())
    assert stand.visit is None
    stand.place(first)
    assert stand.visit is first
    stand.place(second)
    assert (first.ending, stand.visit) == (Ending.TOLD, second)
    stand.clear()
    assert (second.ending, stand.visit) == (Ending.TOLD, None)
    stand.clear()


def test_an_ended_visit_is_gone_and_its_end_rings() -> None:
    stand = Stand()
    visit = Visit(stock_card(), Pull(1))
    stand.place(visit)
    stand.wait()
    visit.transmit(b"\x90")
    assert not stand.wait(timeout_s=10)
    assert stand.visit is None


def test_a_hand_puts_the_next_card_in_its_place() -> None:
    stand = Stand()
    second = Visit(stock_card())
    first = Visit(stock_card(), swap=Swap(1, second))
    stand.place(first)
    first.transmit(b"\x90")
    assert stand.visit is second
    second.end(Ending.TIME)
    assert stand.visit is None


def test_stop_clears_and_wakes() -> None:
    stand = Stand()
    visit = Visit(stock_card())
    stand.place(visit)
    stand.stop()
    stand.rest(60_000)
    assert stand.stopped
    assert visit.over.is_set()
