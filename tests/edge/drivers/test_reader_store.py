"""Readers that were enrolled, with their keys."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from card_protocol.errors import EquipmentFault, TrustFault
from edge.drivers.reader_store import KnownReader, ReaderStore

KEY = "00112233445566778899aabbccddeeff"


def known(name: str = "north", address: int = 1, key: str = KEY) -> KnownReader:
    return KnownReader(name=name, port="/dev/ttyUSB0", address=address, key=key)


def test_what_was_put_is_there_by_name_and_in_order(tmp_path: Path) -> None:
    store = ReaderStore(tmp_path)
    assert store.all() == ()
    store.put(known("south", 2))
    store.put(known("north", 1))
    assert [reader.name for reader in ReaderStore(tmp_path).all()] == ["north", "south"]
    assert ReaderStore(tmp_path).get("south") == known("south", 2)
    store.put(known("north", 3))
    assert store.get("north").address == 3


def test_two_readers_at_one_place_are_refused(tmp_path: Path) -> None:
    store = ReaderStore(tmp_path)
    store.put(known("north", 1))
    with pytest.raises(ValueError, match="two readers have the same place"):
        store.put(known("south", 1))
    assert len(store.all()) == 1


def test_a_name_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    store = ReaderStore(tmp_path)
    store.put(known())
    with pytest.raises(EquipmentFault, match=r"'west' \(there are: north\)"):
        store.get("west")


def test_keys_that_others_can_read_are_not_used(tmp_path: Path) -> None:
    store = ReaderStore(tmp_path)
    store.put(known())
    path = tmp_path / "private" / "readers.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(TrustFault, match="give its readers new keys"):
        store.all()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    store = ReaderStore(tmp_path)
    store.put(known())
    path = tmp_path / "private" / "readers.json"
    path.write_text("{")
    with pytest.raises(EquipmentFault, match="damaged"):
        store.all()
    path.unlink()
    path.mkdir(mode=0o700)
    with pytest.raises(EquipmentFault, match="cannot be read"):
        store.all()


@pytest.mark.parametrize("wrong", [{"baud": 1200}, {"address": 127}, {"port": "COM1"}, {"key": "00"}, {"name": "No"}])
def test_what_no_reader_has_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        KnownReader.model_validate(known().model_dump() | wrong)


def test_a_key_does_not_print() -> None:
    assert KEY not in repr(known())
