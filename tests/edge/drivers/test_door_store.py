"""What doors remember, on disk."""

from pathlib import Path

import pytest

from edge.drivers.door_store import DoorFiles
from edge.ports.door import DoorMemory, DoorState

MEMORY = DoorMemory(DoorState.FORCED, lockdown=True, fire=True, hold=True)


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    files = DoorFiles(tmp_path / "doors")
    files.keep("gate-1", DoorMemory(DoorState.HELD))
    files.keep("gate-1", MEMORY)
    files.keep("gate-2", DoorMemory())
    files.close()
    again = DoorFiles(tmp_path / "doors")
    assert again.recall("gate-1") == MEMORY
    assert again.recall("gate-2") == again.recall("gate-3") == DoorMemory()
    again.close()


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"state": "ajar", "lockdown": 1, "fire": 1}', b"\xff"])
def test_a_file_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "gate-1.json").write_bytes(data)
    files = DoorFiles(tmp_path)
    assert files.recall("gate-1") == DoorMemory()
    files.keep("gate-1", MEMORY)
    files.close()
    again = DoorFiles(tmp_path)
    assert again.recall("gate-1") == MEMORY
    again.close()


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "doors").write_text("a file")
    files = DoorFiles(tmp_path / "doors")
    files.keep("gate-1", MEMORY)
    files.close()
    assert (tmp_path / "doors").read_text() == "a file"
