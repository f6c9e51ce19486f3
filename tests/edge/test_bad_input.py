"""What goes wrong at a door, through the real edge: it is told, a guard is alarmed, the other door keeps working."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.words.card import CardState
from card_protocol.words.event import ALARMS, Event, EventKind
from card_protocol.words.reason import Reason
from edge.drivers import osdp_bus, osdp_devices
from firmware_sim.osdp.peripheral import Peripheral
from tests.edge.scenario_house import EXIT, House
from tests.edge.scenario_real import KEY, Real
from tests.edge.words import GATE

GRACE_MS = osdp_devices.ONLINE_TIMEOUT_MS
LOST, BACK = (EventKind.READER_LOST, EventKind.LOCK_LOST), (EventKind.READER_BACK, EventKind.LOCK_BACK)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osdp_bus, "LINE_RETRY_MS", 50)
    monkeypatch.setattr(osdp_bus, "REVIVE_AFTER_MS", 50)
    monkeypatch.setattr(osdp_bus, "START_MS", 700)
    monkeypatch.setattr(osdp_devices, "ONLINE_TIMEOUT_MS", 1000)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    stage = Real(tmp_path)
    stage.own_lines = True
    yield stage
    stage.close()


def begin(real: Real, **more: object) -> None:
    house = House(has_exit=True, states={"lin": CardState.ACTIVE})
    house.gate.update(more)
    real.begin(house)


def of(real: Real, point: str, *kinds: EventKind) -> list[Event]:
    return [event for event in real.events() if event.point == point and event.kind in kinds]


def told(real: Real, point: str, *kinds: EventKind) -> None:
    """Each kind is in the journal for this point, and those that a guard must see are alarms."""
    real.eventually(lambda: {event.kind for event in of(real, point, *kinds)} == set(kinds), f"{point}: {kinds}")


def passes(real: Real, where: str) -> None:
    """Somebody taps there and is let in."""
    point = {"gate": GATE, "exit": EXIT}[where]
    before = len(of(real, point, EventKind.TAP))
    real.do("lin", "taps", where)
    real.eventually(lambda: len(of(real, point, EventKind.TAP)) > before, f"a tap at the {where}")
    assert of(real, point, EventKind.TAP)[-1].reason is Reason.GRANTED
    real.eventually(lambda: real.is_released(where), f"the {where} opens")


def test_what_a_guard_must_see_is_an_alarm() -> None:
    assert {*LOST, EventKind.DOOR_INPUT_FAULT, EventKind.DOOR_FORCED} <= ALARMS


def test_an_adapter_is_pulled_out_and_put_back(real: Real) -> None:
    begin(real)
    assert real.bus is not None
    before = of(real, EXIT, *LOST)
    real.bus.unplug()
    told(real, GATE, *LOST)
    passes(real, "exit")
    assert of(real, EXIT, *LOST) == before
    real.bus.plug()
    told(real, GATE, *LOST, *BACK)
    passes(real, "gate")


def test_a_card_that_was_held_while_the_line_was_cut_opens_nothing_when_it_is_back(real: Real) -> None:
    """The reader keeps it and tells it; whoever held it has gone, and somebody else stands there."""
    begin(real)
    assert real.bus is not None
    real.bus.unplug()
    told(real, GATE, *LOST)
    real.do("lin", "taps", "gate")
    real.bus.plug()
    told(real, GATE, *LOST, *BACK)
    real.eventually(lambda: not real.readers["gate"].has_news, "the reader has told what it kept")
    passes(real, "gate")
    assert len(of(real, GATE, EventKind.TAP)) == 1


def test_two_readers_have_one_address(real: Real) -> None:
    begin(real)
    assert real.bus is not None
    twin = Peripheral(1, KEY, os.urandom)
    with real.bus.lock:
        real.bus.peripherals.append(twin)
    told(real, GATE, *LOST)
    passes(real, "exit")
    with real.bus.lock:
        real.bus.peripherals.remove(twin)
    told(real, GATE, *LOST, *BACK)
    passes(real, "gate")


def test_a_wrong_baud_rate(real: Real) -> None:
    real.bauds["gate"] = 115_200
    begin(real)
    told(real, GATE, *LOST)
    [lost, *_] = of(real, GATE, EventKind.READER_LOST)
    assert "north" in str(lost.detail["why"])
    passes(real, "exit")


def test_a_burst_of_noise_is_nobody_s_news(real: Real, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was lost while the edge began is another matter: on a busy machine a beginning takes its time."""
    monkeypatch.setattr(osdp_devices, "ONLINE_TIMEOUT_MS", GRACE_MS)
    begin(real)
    assert real.bus is not None
    before = of(real, GATE, *LOST)
    for burst in (b"\xff\x53\x00", bytes(range(256)), b"\x53" * 40):
        real.bus.disturb(burst)
    passes(real, "gate")
    passes(real, "exit")
    assert of(real, GATE, *LOST) == before


def test_a_reader_that_answers_late(real: Real) -> None:
    begin(real)
    assert real.bus is not None
    real.bus.late_ms = 400
    told(real, GATE, *LOST)
    passes(real, "exit")
    real.bus.late_ms = 0
    for lost, back in zip(LOST, BACK, strict=True):  # once more than at the start of a busy machine, if need be
        real.eventually(lambda lost=lost, back=back: of(real, GATE, lost, back)[-1].kind is back, f"{back} at last")
    passes(real, "gate")


def test_a_secure_channel_that_drops_is_back_before_anybody_notices(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osdp_devices, "ONLINE_TIMEOUT_MS", GRACE_MS)
    begin(real)
    before = of(real, GATE, *LOST)
    for _ in range(2):
        assert real.bus is not None
        with real.bus.lock:
            real.readers["gate"].drop_session()
        real.eventually(lambda: real.readers["gate"].is_secure, "the channel is back")
        passes(real, "gate")
    assert of(real, GATE, *LOST) == before


def test_an_exit_button_that_sticks_at_one_door_lets_the_other_go_on(real: Real) -> None:
    begin(real)
    real.do("lin", "presses", "gate")
    told(real, GATE, EventKind.EGRESS, EventKind.DOOR_INPUT_FAULT)
    assert real.is_released("gate")
    passes(real, "exit")
    assert of(real, EXIT, EventKind.DOOR_INPUT_FAULT) == []


def test_a_contact_that_flutters_at_one_door_lets_the_other_go_on(real: Real) -> None:
    begin(real)
    real.do("lin", "flutters", "gate")
    told(real, GATE, EventKind.DOOR_INPUT_FAULT)
    passes(real, "gate")
    passes(real, "exit")


def test_a_point_that_the_policy_does_not_know_is_told_and_refuses(real: Real) -> None:
    begin(real, id="another-gate")
    told(real, GATE, EventKind.POINT_MISFIT)
    [misfit] = of(real, GATE, EventKind.POINT_MISFIT)
    assert misfit.detail["why"] == f"the policy in force knows no point {GATE}"
    real.do("lin", "taps", "gate")
    real.eventually(lambda: bool(of(real, GATE, EventKind.TAP)), "a tap")
    assert of(real, GATE, EventKind.TAP)[0].reason is Reason.NO_POLICY
    passes(real, "exit")
