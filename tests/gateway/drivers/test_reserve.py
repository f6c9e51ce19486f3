"""Space that is kept for bad times."""

import os
from pathlib import Path

import pytest

from gateway.drivers import reserve
from gateway.drivers.reserve import LAST_NAME, RESERVE_NAME, Reserve, Space, room_to_start, space

MIB = 1 << 20


def test_it_really_takes_the_space(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, MIB)
    assert not reserve.exists()
    reserve.make()
    assert reserve.exists()
    found = [os.stat(tmp_path / name) for name in (RESERVE_NAME, LAST_NAME)]
    assert sum(one.st_blocks for one in found) * 512 >= MIB
    assert all(one.st_mode & 0o077 == 0 for one in found)


def test_it_is_given_back_once(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, MIB)
    reserve.make()
    assert reserve.release()
    assert not reserve.release()
    assert not reserve.exists()


def test_a_part_is_only_for_making_room(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, MIB)
    reserve.make()
    reserve.release()
    assert (tmp_path / LAST_NAME).exists()
    assert reserve.release_last()
    assert not reserve.release_last()
    reserve.make()
    assert reserve.release_last()
    assert list(tmp_path.iterdir()) == []


def test_a_small_one_is_made_larger(tmp_path: Path) -> None:
    Reserve(tmp_path, MIB).make()
    larger = Reserve(tmp_path, 2 * MIB)
    assert not larger.exists()
    larger.make()
    assert larger.exists()


def test_where_there_is_no_room_nothing_stays_behind(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        Reserve(tmp_path, 1 << 60).make()
    assert list(tmp_path.iterdir()) == []


def test_the_share_of_a_file_system_that_is_used(tmp_path: Path) -> None:
    found = space(tmp_path)
    assert 0 < found.used < 1
    assert found.free_bytes > 0


def test_only_where_there_is_no_room_it_is_given_back_for_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Reserve(tmp_path, MIB).make()
    assert not room_to_start(tmp_path)
    monkeypatch.setattr(reserve, "space", lambda _: Space(1.0, 4096))
    assert [room_to_start(tmp_path), room_to_start(tmp_path)] == [True, False]
    assert list(tmp_path.iterdir()) == []
