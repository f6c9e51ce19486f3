"""A card's memory on disk."""

from pathlib import Path

import pytest

from firmware_sim.card import store
from firmware_sim.card.card import Card
from tests.firmware_sim.jobs import (
    AID,
    backup,
    commit,
    cyclic,
    login,
    read_full,
    rights,
    standard,
    transaction_mac,
    value,
    write_full,
)
from tests.firmware_sim.reader import Reader, card_of, reader_of


def test_every_file_type_survives(card: Card, bench: Reader, tmp_path: Path) -> None:
    standard(bench, 1, 16)
    backup(bench, 2, 16)
    cyclic(bench, 4, 4, 3)
    value(bench, 5, -5, 50, 7)
    transaction_mac(bench, 9, bytes(range(16)), rights(write=0xF, read_write=0xF))
    login(bench, 3)
    write_full(bench, 2, 0, b"sixteen bytes ok")
    bench.command(0x8B, b"\x04" + bytes(3) + b"\x04\0\0", b"abcd", "full")
    commit(bench)
    store.save(card.state, tmp_path / "card.json")
    again = store.read(tmp_path / "card.json")
    assert again == card.state
    assert type(again.applications[AID].files[2]) is type(card.state.applications[AID].files[2])
    reader = reader_of(card_of(again, seed="another"))
    reader.select(AID)
    login(reader, 3)
    assert read_full(reader, 2, 0, 0) == b"sixteen bytes ok"


def test_the_file_is_for_its_owner(card: Card, tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    store.save(card.state, path)
    store.save(card.state, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["card.json"]


@pytest.mark.parametrize("text", ["", "{}", '{"silicon": 1}', "[]"])
def test_no_card_memory(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        store.load(text)
