"""An OSDP reader in its roles, without a line."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.errors import CardGone, EquipmentFault
from card_protocol.words.reason import Reason
from edge.drivers import osdp_bus, osdp_devices
from edge.drivers.osdp_bus import OsdpBus
from edge.drivers.osdp_devices import TAMPER, OsdpFeedback, OsdpInput, OsdpKeyPad, OsdpLock, OsdpReader, OsdpSounder
from edge.drivers.osdp_unit import Beep, Colour, Order, RawCard, Shine, Switch, Unit, UnitPlace, Write
from edge.ports.door import Sound
from edge.ports.inputs import Wire
from edge.ports.lock import LockState
from edge.ports.reader import CardKind
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.mounted import MountedDoor
from firmware_sim.osdp.peripheral import Peripheral
from tests.edge.drivers.lock_contract import PluggedLockContract, Strike
from tests.edge.words import UID


@pytest.fixture
def unit() -> Unit:
    unit = Unit(UnitPlace("north", 1, bytes(16)), wake=lambda: None)
    unit.is_online = True
    return unit


def given(unit: Unit) -> list[Order]:
    return [unit.orders.get_nowait() for _ in range(unit.orders.qsize())]


def test_the_reader_vouches_for_a_card_that_is_gone(unit: Unit) -> None:
    unit.push_card(RawCard(32, bytes(4), 0))
    reader = OsdpReader(unit)
    assert reader.wait_for_card(1) is None, "read before anybody served the point"
    unit.push_card(RawCard(56, bytes.fromhex(UID), 77))
    card = reader.wait_for_card(1)
    assert card is not None
    assert (card.uid, card.kind, card.seen_ns) == (UID, CardKind.VOUCHED, 77)
    assert card.wait_for_removal(0)
    with pytest.raises(CardGone):
        card.transmit(b"\x90")
    unit.push_card(RawCard(37, bytes(5), 0))
    assert reader.wait_for_card(1) is None
    reader.close()
    assert unit.is_online


def test_what_a_reader_kept_while_nobody_listened_is_no_tap(unit: Unit) -> None:
    """It tells one card a poll, so they come after the reader is there."""
    kept = [threading.Timer(after_s, unit.push_card, [RawCard(32, bytes(4), 0)]) for after_s in (0.05, 0.2)]
    for card in kept:
        card.start()
    reader = OsdpReader(unit)
    for card in kept:
        card.join()
    assert reader.wait_for_card(1) is None
    unit.push_card(RawCard(56, bytes.fromhex(UID), 77))
    assert reader.wait_for_card(1) is not None


def test_a_reader_that_never_stops_telling_is_heard_in_the_end(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osdp_devices, "KEPT_MAX_MS", 300)
    silence = threading.Event()

    def tell() -> None:
        while not silence.wait(0.001):
            unit.push_card(RawCard(56, bytes.fromhex(UID), 0))

    babbler = threading.Thread(target=tell)
    babbler.start()
    assert OsdpReader(unit).wait_for_card(1000) is not None
    silence.set()
    babbler.join()


def test_the_reader_s_keys_are_its_keypad(unit: Unit) -> None:
    typed: list[str] = []
    OsdpKeyPad(unit).watch(typed.append)
    unit.pressed("9#")
    assert typed == ["9", "#"]


def test_a_reader_that_does_not_come_online_is_lost(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osdp_devices, "ONLINE_TIMEOUT_MS", 1)
    reader = OsdpReader(unit)
    unit.take_offline()
    with pytest.raises(EquipmentFault, match="north does not answer"):
        reader.wait_for_card(10_000)
    with pytest.raises(EquipmentFault, match="north does not answer"):
        OsdpReader(unit)


def test_an_output_is_a_strike(unit: Unit) -> None:
    lock = OsdpLock(unit, 1)
    assert lock.state is LockState.LOCKED
    lock.unlock(3000)
    lock.unlock(None)
    assert lock.state is LockState.UNLOCKED
    lock.lock()
    assert lock.state is LockState.LOCKED
    assert given(unit) == [Switch(1, on=True, for_ms=3000), Switch(1, on=True), Switch(1, on=False)]


def test_who_watches_a_lock_hears_each_change_once(unit: Unit) -> None:
    heard: list[tuple[bool, str]] = []
    OsdpLock(unit, 0).watch(lambda answers, why: heard.append((answers, why)))
    unit.changed()
    unit.take_offline()
    unit.is_online = True
    unit.changed()
    unit.changed()
    assert heard == [(True, ""), (False, "north does not answer"), (True, "")]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.GRANTED, [Shine(Colour.GREEN, 2500), Beep(1)]),
        (Reason.REVOKED, [Shine(Colour.RED, 2500), Beep(3)]),
    ],
)
def test_feedback_is_light_sound_and_words(unit: Unit, reason: Reason, expected: list[Order]) -> None:
    OsdpFeedback(unit).show(reason)
    *signals, text = given(unit)
    assert signals == expected
    assert isinstance(text, Write)
    assert text.text.isascii()


def test_the_buzzer_is_the_doors_sounder(unit: Unit) -> None:
    sounder = OsdpSounder(unit)
    for sound in (Sound.WARN, Sound.ALARM, Sound.QUIET):
        sounder.sound(sound)
    assert given(unit) == [Beep(None), Beep(None), Beep(0)]


def test_a_wire_is_told_when_it_changes_and_when_nobody_can_tell(unit: Unit) -> None:
    heard: list[Wire] = []
    unit.inputs = bytes((0, 1))
    OsdpInput(unit, "1").watch(heard.append)
    unit.changed()
    unit.inputs = bytes((1, 0))
    unit.changed()
    unit.take_offline()
    assert heard == [Wire.ON, Wire.OFF, Wire.SILENT]


def test_the_tamper_switch_is_a_wire_and_an_input_that_is_not_there_is_none(unit: Unit) -> None:
    heard: list[Wire] = []
    unit.inputs, unit.local = bytes(4), bytes((1, 0))
    OsdpInput(unit, TAMPER).watch(heard.append)
    OsdpInput(unit, "9").watch(heard.append)
    assert heard == [Wire.ON]
    with pytest.raises(EquipmentFault, match="inputs 0, 1, … and tamper, not 'x'"):
        OsdpInput(unit, "x")


class OnALine(Strike):
    """A real line, a simulated reader, its first output."""

    def __init__(self, folder: Path) -> None:
        self.reader = Peripheral(1, bytes(range(16)), os.urandom)
        self.bus = Rs485Bus(folder / "ttyRS485", [self.reader])
        self.door = MountedDoor(self.bus, self.reader)
        self.panel = OsdpBus(str(self.bus.path), 9600, [UnitPlace("north", 1, bytes(range(16)))])

    def is_released(self) -> bool:
        return self.door.is_released

    def unplug(self) -> None:
        self.bus.unplug()

    def plug(self) -> None:
        self.bus.plug()

    def close(self) -> None:
        self.panel.close()
        self.door.close()
        self.bus.close()


class TestLockContract(PluggedLockContract):
    @pytest.fixture
    def strike(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OnALine]:
        monkeypatch.setattr(osdp_bus, "LINE_RETRY_MS", 50)
        strike = OnALine(tmp_path)
        yield strike
        strike.close()

    @pytest.fixture
    def lock(self, strike: OnALine) -> OsdpLock:
        unit = strike.panel.unit("north")
        unit.wait_online(20_000)
        return OsdpLock(unit, 0)
