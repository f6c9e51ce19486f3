"""The door of wood without its daemon: locked to everybody, open with a brick. The daemon is in the journeys."""

import contextlib
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.drivers.reader_store import ReaderStore
from onecard.demo import wood
from onecard.demo.wood import ADDRESS, READER, DoorOfWood
from tests.support.patience import eventually


@pytest.fixture
def door(tmp_path: Path) -> Iterator[DoorOfWood]:
    with contextlib.closing(DoorOfWood(tmp_path)) as hung:
        yield hung


def test_nobody_walks_through_a_locked_door(door: DoorOfWood) -> None:
    assert not door.walk_through()
    assert not door.is_open


def test_a_brick_keeps_it_open_until_somebody_takes_it_away(door: DoorOfWood, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wood, "TOLD_MAX_S", 0)  # there is no daemon that listens
    door.prop()
    assert door.walk_through()
    assert door.is_open
    door.unprop()
    eventually(lambda: not door.is_open)


def test_the_box_is_told_where_it_hangs(door: DoorOfWood, tmp_path: Path) -> None:
    door.enrol(tmp_path / "box")
    known = ReaderStore(tmp_path / "box").get(READER)
    assert known.address == ADDRESS
    assert stat.S_ISCHR(Path(known.port).stat().st_mode)
    door.enrol(tmp_path / "box")
