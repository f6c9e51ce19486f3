"""Enrolling readers, with simulated ones on a line."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.errors import EquipmentFault
from edge import installer
from edge.drivers.reader_store import KnownReader, ReaderStore
from edge.installer import add, rekey, settle, try_out
from firmware_sim.osdp.bus import Rs485Bus
from firmware_sim.osdp.peripheral import Peripheral
from tests.edge.words import UID

OLD = bytes(range(16))


@pytest.fixture
def reader() -> Peripheral:
    return Peripheral(1, None, os.urandom)


@pytest.fixture
def bus(tmp_path: Path, reader: Peripheral) -> Iterator[Rs485Bus]:
    bus = Rs485Bus(tmp_path / "ttyRS485", [reader])
    yield bus
    bus.close()


@pytest.fixture
def store(tmp_path: Path) -> ReaderStore:
    return ReaderStore(tmp_path)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer, "ONLINE_TIMEOUT_MS", 1000)
    monkeypatch.setattr(installer, "REKEY_TIMEOUT_MS", 1000)


def known(bus: Rs485Bus) -> KnownReader:
    return KnownReader(name="north", port=str(bus.path), address=1, key="0" * 32)


def test_a_fresh_reader_gets_a_key_of_its_own(bus: Rs485Bus, reader: Peripheral, store: ReaderStore) -> None:
    kept = add(store, known(bus))
    assert reader.key == bytes.fromhex(kept.key)
    assert reader.key not in (None, bytes(16))
    assert store.get("north") == kept
    assert kept.next_key is None


def test_a_reader_from_elsewhere_is_enrolled_with_the_key_it_has(
    bus: Rs485Bus, reader: Peripheral, store: ReaderStore
) -> None:
    reader.key = OLD
    with pytest.raises(EquipmentFault, match="or not to this key"):
        add(store, known(bus))
    assert store.all() == ()
    assert reader.key == OLD
    add(store, known(bus), OLD)
    assert reader.key == bytes.fromhex(store.get("north").key) != OLD


def test_a_name_that_is_taken_is_refused_before_anything_happens(
    bus: Rs485Bus, reader: Peripheral, store: ReaderStore
) -> None:
    first = add(store, known(bus))
    with pytest.raises(ValueError, match="already called north"):
        add(store, known(bus))
    assert store.get("north") == first


def test_a_reader_gets_a_new_key(bus: Rs485Bus, reader: Peripheral, store: ReaderStore) -> None:
    first = add(store, known(bus))
    second = rekey(store, "north")
    assert second.key != first.key
    assert reader.key == bytes.fromhex(second.key)


@pytest.mark.parametrize("arrived", [False, True])
def test_a_new_key_that_was_interrupted_is_settled(
    bus: Rs485Bus, reader: Peripheral, store: ReaderStore, arrived: bool
) -> None:
    first = add(store, known(bus))
    store.put(first.model_copy(update={"next_key": OLD.hex()}))
    if arrived:
        reader.key = OLD
    settled = settle(store, "north")
    assert settled.key == (OLD.hex() if arrived else first.key)
    assert store.get("north") == settled
    assert settle(store, "north") == settled


def test_a_reader_that_has_neither_key_is_told(bus: Rs485Bus, reader: Peripheral, store: ReaderStore) -> None:
    store.put(known(bus).model_copy(update={"next_key": OLD.hex()}))
    reader.key = bytes(range(1, 17))
    with pytest.raises(EquipmentFault, match="neither to its old key nor to its new one"):
        try_out(store, "north")


def test_a_reader_that_is_tried_says_who_it_is(bus: Rs485Bus, reader: Peripheral, store: ReaderStore) -> None:
    add(store, known(bus))
    reader.terminals.inputs[2] = True
    reader.present(bytes.fromhex(UID))
    tried = try_out(store, "north", card_timeout_ms=5000)
    assert tried.identity["serial_number"] == 0x04030201
    assert (tried.inputs, tried.tampered, tried.uid) == ((False, False, True, False), False, UID)
    assert reader.terminals.beeps == [1]
    assert try_out(store, "north").uid is None
