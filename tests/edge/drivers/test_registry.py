"""Prefixes and what stands behind them."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from card_protocol.errors import EquipmentFault
from edge.drivers.log_feedback import LogFeedback
from edge.drivers.log_sounder import LogSounder
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.no_lock import NoLock
from edge.drivers.osdp_devices import OsdpReader
from edge.drivers.reader_store import KnownReader, ReaderStore
from edge.drivers.registry import Registry, open_reader
from edge.drivers.screen_feedback import ScreenFeedback
from edge.drivers.sim_lock import SimLock
from edge.ports.lock import LockState
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.peripheral import Peripheral
from tests.edge.words import UID
from tests.support.patience import eventually

KEY = bytes(range(16))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    registry = Registry(tmp_path)
    yield registry
    registry.close()


def test_a_prefix_finds_its_driver(registry: Registry) -> None:
    for reader in (open_reader("nfc:udp:127.0.0.1:9"), registry.reader("nfc:udp:127.0.0.1:9")):
        assert isinstance(reader, NfcReader)
        assert reader.name == "udp:127.0.0.1:9"
        reader.close()
    assert isinstance(registry.lock("none", "gate-1"), NoLock)
    lock = registry.lock("sim", "gate-1")
    assert isinstance(lock, SimLock)
    assert lock.name == "gate-1"
    assert isinstance(registry.feedback("log", "gate-1"), LogFeedback)
    assert isinstance(registry.sounder("log", "gate-1"), LogSounder)


def test_a_point_that_begins_anew_goes_on_with_the_screen_that_it_has(registry: Registry) -> None:
    screen = registry.feedback("screen:0", "gate-1")
    assert registry.feedback("screen:0", "gate-1") is screen
    registry.feedback("log", "gate-2")
    assert registry.notice_screens == {"gate-1": screen}


def test_a_screen_ends_with_its_registry(registry: Registry) -> None:
    screen = registry.feedback("screen:0", "gate-1")
    assert isinstance(screen, ScreenFeedback)
    address = urlsplit(screen.url)
    registry.close()
    with socket.socket() as knock:
        assert knock.connect_ex((address.hostname or "", address.port or 0)) != 0


def test_an_unknown_prefix_is_told_with_those_that_there_are(registry: Registry) -> None:
    with pytest.raises(EquipmentFault, match=r"no reader driver is called 'magic' \(there are: nfc, osdp, pcsc, qr\)"):
        registry.reader("magic:1")
    with pytest.raises(EquipmentFault, match=r"no reader driver is called 'osdp' \(there are: nfc, pcsc\)"):
        open_reader("osdp:north")
    with pytest.raises(EquipmentFault, match=r"no lock driver is called 'magic'"):
        registry.lock("magic", "gate-1")
    with pytest.raises(EquipmentFault, match=r"no input driver is called 'sim' \(there are: gpio, osdp\)"):
        registry.input("sim:1")
    with pytest.raises(EquipmentFault, match=r"no keypad driver is called 'nfc' \(there are: osdp\)"):
        registry.keypad("nfc:udp:127.0.0.1:9")


def test_a_reader_that_was_never_enrolled_is_told(registry: Registry) -> None:
    with pytest.raises(
        EquipmentFault, match=r"no reader is called 'north' \(there are: none\); see: onecard reader add"
    ):
        registry.reader("osdp:north")
    with pytest.raises(EquipmentFault, match="no reader is called 'north'"):
        registry.input("osdp:north/0")


def test_roles_of_one_reader_share_its_line(tmp_path: Path) -> None:
    peripherals = [Peripheral(1, KEY, os.urandom), Peripheral(2, KEY, os.urandom)]
    bus = Rs485Bus(tmp_path / "ttyRS485", peripherals)
    store = ReaderStore(tmp_path)
    for name, address in (("north", 1), ("south", 2), ("spare", 3)):
        store.put(KnownReader(name=name, port=str(bus.path), address=address, key=KEY.hex()))
    registry = Registry(tmp_path, ["osdp:north", "osdp:north/0", "osdp:south"])
    north, south = registry.reader("osdp:north"), registry.reader("osdp:south")
    assert isinstance(north, OsdpReader)
    lock = registry.lock("osdp:north/1", "gate-1")
    eventually(lambda: peripherals[0].is_secure and peripherals[1].is_secure)
    eventually(lambda: _tried(lambda: lock.unlock(1000)))
    eventually(lambda: peripherals[0].terminals.outputs[1])
    with bus.lock:
        peripherals[1].present(bytes.fromhex(UID))
    card = eventually(lambda: south.wait_for_card(100))
    assert card.uid == UID
    assert north.wait_for_card(1) is None
    with pytest.raises(EquipmentFault, match="an output is a number"):
        registry.lock("osdp:north/x", "gate-1")
    registry.feedback("osdp:north", "gate-1")
    registry.sounder("osdp:north", "gate-1")
    registry.close()
    bus.close()


def _tried(act: object) -> bool:
    assert callable(act)
    try:
        act()
    except EquipmentFault:
        return False
    return True


def test_a_lock_is_let_go_with_the_rest(tmp_path: Path) -> None:
    """A relay has no timer of its own: a release that nobody ends lasts until we are started again."""
    registry = Registry(tmp_path)
    lock = registry.lock("sim:gate", "gate")
    lock.unlock(60_000)
    registry.close()
    assert lock.state is LockState.LOCKED
