"""One OSDP reader, as the rest of the edge sees it."""

import time

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers import osdp_unit
from edge.drivers.osdp_unit import Beep, RawCard, Rekey, Switch, Unit, UnitPlace

CARD = RawCard(56, bytes(7), 0)


@pytest.fixture
def unit() -> Unit:
    unit = Unit(UnitPlace("north", 1, bytes(16)), wake=lambda: None)
    unit.is_online = True
    return unit


def test_cards_wait_in_order_and_the_oldest_give_way(unit: Unit) -> None:
    cards = [RawCard(56, bytes((n,)), n) for n in range(osdp_unit.CARDS_MAX + 2)]
    for card in cards:
        unit.push_card(card)
    assert [unit.wait_for_card(0) for _ in cards] == [*cards[2:], None, None]


def test_keys_are_told_one_by_one_and_not_kept(unit: Unit) -> None:
    unit.pressed("12")
    typed: list[str] = []
    unit.watch_keys(typed.append)
    unit.pressed("3#")
    assert typed == ["3", "#"]


def test_who_waits_hears_that_the_reader_went(unit: Unit) -> None:
    unit.wait_online(0)
    unit.take_offline()
    assert unit.wait_for_card(10_000) is None
    with pytest.raises(EquipmentFault, match="north does not answer"):
        unit.wait_online(0)


def test_what_it_said_is_not_true_any_more_when_it_went(unit: Unit) -> None:
    seen: list[tuple[bool, bytes | None]] = []
    unit.inputs = bytes(4)
    unit.watch(lambda: seen.append((unit.is_online, unit.inputs)))
    unit.take_offline()
    unit.take_offline()
    assert seen == [(True, bytes(4)), (False, None)]


def test_orders_have_a_bound(unit: Unit) -> None:
    for _ in range(osdp_unit.ORDERS_MAX):
        unit.give(Beep(1))
    with pytest.raises(EquipmentFault, match="does not keep up"):
        unit.give(Beep(1))
    unit.take_offline()
    assert unit.orders.empty()


def test_outputs_are_remembered_and_timed_ones_end_by_themselves(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = 0
    monkeypatch.setattr(time, "monotonic_ns", lambda: now_ns)
    unit.give(Switch(0, on=True))
    unit.give(Switch(1, on=True, for_ms=3000))
    now_ns = 1_000_000_000
    assert unit.outstanding() == [Switch(0, on=True), Switch(1, on=True, for_ms=2000)]
    now_ns = 3_000_000_000
    assert unit.outstanding() == [Switch(0, on=True), Switch(1, on=False)]


def test_an_order_with_a_key_does_not_print_it() -> None:
    assert repr(Rekey(b"secret secret 16")) == "<Rekey>"


def test_one_refusal_of_an_output_may_be_noise_and_a_few_are_none(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(osdp_unit.REFUSALS_MAX - 1):
        assert not unit.output_answered(1, False)
    assert not unit.output_answered(1, True), "it was noise"
    unit.give(Switch(1, on=True))
    assert [unit.output_answered(1, False) for _ in range(osdp_unit.REFUSALS_MAX + 1)] == [False, False, True, False]
    assert unit.outstanding() == []
    with pytest.raises(EquipmentFault, match="north refuses output 1"):
        unit.give(Switch(1, on=True))
    unit.give(Switch(0, on=True))
    monkeypatch.setattr(osdp_unit, "REFUSED_FOR_MS", 0)
    unit.give(Switch(1, on=False))
    assert not unit.output_answered(1, True)
    assert unit.lacks(1) == ""


def test_a_reader_that_says_how_many_outputs_it_has_is_believed_at_the_first_refusal(unit: Unit) -> None:
    unit.output_count = 2
    assert unit.lacks(5) == "", "it may have more than it says"
    assert unit.output_answered(5, False)
    assert unit.lacks(5) == "the reader north refuses output 5 (it says that it has 2)"
