"""One presentation, and what may happen in its course."""

import threading

import pytest

from firmware_sim.field.chip import OtherSmartCard
from firmware_sim.field.faults import EVERY, CutAnswer, EndlessWait, FaultPlan, LateAnswer, NoAnswer, Noise
from firmware_sim.field.isodep import ENDLESS
from firmware_sim.field.visit import Ending, Pull, Relay, Swap, Visit
from tests.firmware_sim.reader import UID, stock_card

VERSION = bytes.fromhex("9060000000")
NEXT = bytes.fromhex("90AF000000")


def talk(visit: Visit, count: int) -> list[str]:
    return [visit.transmit(VERSION if n % 3 == 0 else NEXT).hex()[-4:] for n in range(count)]


def test_counts_and_records() -> None:
    heard: list[tuple[bytes, bytes]] = []
    visit = Visit(stock_card(), recorder=lambda command, answer: heard.append((command, answer)))
    assert talk(visit, 3) == ["91af", "91af", "9100"]
    assert visit.exchanges == 3
    assert [command for command, _ in heard] == [VERSION, NEXT, NEXT]


def test_the_end_is_silence_and_no_power() -> None:
    card = stock_card()
    visit = Visit(card)
    rung = threading.Event()
    visit.on_end = rung.set
    visit.end(Ending.TOLD)
    visit.end(Ending.TIME)
    assert visit.ending is Ending.TOLD
    assert rung.is_set()
    assert not card.powered
    assert visit.transmit(VERSION) == b""
    visit.power_on()
    assert not card.powered
    assert visit.exchanges == 0


@pytest.mark.parametrize(("executed", "reached"), [(False, 1), (True, 2)])
def test_pull(executed: bool, reached: int) -> None:
    heard: list[bytes] = []
    visit = Visit(stock_card(), Pull(2, executed), recorder=lambda command, _answer: heard.append(command))
    assert talk(visit, 3) == ["91af", "", ""]
    assert len(heard) == reached
    assert visit.ending is Ending.PULLED


def test_swap_by_hand() -> None:
    second = Visit(OtherSmartCard(bytes(4)))
    visit = Visit(stock_card(), swap=Swap(2, second))
    assert visit.successor is None
    assert talk(visit, 2) == ["91af", ""]
    assert visit.ending is Ending.SWAPPED
    assert visit.successor is second


def test_relay_keeps_the_link_but_not_the_conversation() -> None:
    first, second = stock_card(1), stock_card(2)
    second.power_off()
    visit = Visit(first, relay=Relay(2, second))
    assert talk(visit, 2) == ["91af", "91ca"]
    assert visit.chip is second
    assert (first.powered, second.powered) == (False, True)


def test_lost_and_unheard_commands() -> None:
    heard: list[bytes] = []
    plan = FaultPlan({1: NoAnswer(), 2: NoAnswer(deaf=True)})
    visit = Visit(stock_card(), faults=plan, recorder=lambda command, _answer: heard.append(command))
    assert talk(visit, 3) == ["", "", "91af"]
    assert heard == [VERSION, NEXT]


def test_cut_every_answer() -> None:
    visit = Visit(stock_card(), faults=FaultPlan({EVERY: CutAnswer(1)}))
    assert visit.transmit(VERSION) == b"\x04"


def test_a_late_answer_is_told_to_the_field_once() -> None:
    visit = Visit(stock_card(), faults=FaultPlan({1: LateAnswer(60_000)}))
    assert visit.take_delay_ms() == 0
    assert visit.transmit(VERSION)[-2:] == b"\x91\xaf"
    assert [visit.take_delay_ms(), visit.take_delay_ms()] == [60_000, 0]


def test_waits_and_noise_are_for_the_field() -> None:
    visit = Visit(stock_card(), faults=FaultPlan({1: EndlessWait(), 2: Noise()}), waits=2)
    assert visit.waits() == 2
    visit.transmit(VERSION)
    assert (visit.waits(), visit.noisy) == (ENDLESS, False)
    visit.transmit(NEXT)
    assert (visit.waits(), visit.noisy) == (2, True)


def test_power_follows_the_reader() -> None:
    card = stock_card()
    visit = Visit(card)
    visit.power_off()
    assert not card.powered
    visit.power_on()
    assert card.powered
    assert card.uid == UID
