"""What doors remember, a small JSON file each, replaced as a whole by a thread of its own."""

import json
import os
import threading
from pathlib import Path
from typing import Final

import structlog

from edge.ports.door import DoorMemory, DoorState

CLOSE_TIMEOUT_MS: Final = 3000

_log = structlog.get_logger()


class DoorFiles:
    """`folder`/{point}.json. Only the latest memory of a door is written: the ones before are of no use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, DoorMemory] = {}
        self._news = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="door-files", daemon=True)
        self._thread.start()

    def recall(self, point: str) -> DoorMemory:
        """See `DoorStore.recall`. A file that cannot be read is as good as none."""
        try:
            kept = json.loads(self._path(point).read_bytes())
            flags = (bool(kept["lockdown"]), bool(kept["fire"]), bool(kept.get("hold", False)))
            return DoorMemory(DoorState(kept["state"]), *flags)
        except FileNotFoundError:
            return DoorMemory()
        except (OSError, ValueError, TypeError, KeyError) as error:
            _log.error("door_memory_unreadable", point=point, why=str(error))
            return DoorMemory()

    def keep(self, point: str, memory: DoorMemory) -> None:
        """See `DoorStore.keep`."""
        with self._news:
            self._waiting[point] = memory
            self._news.notify()

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Write what waits."""
        with self._news:
            self._closing = True
            self._news.notify()
        self._thread.join(CLOSE_TIMEOUT_MS / 1000)

    def _path(self, point: str) -> Path:
        return self._folder / f"{point}.json"

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
                waiting, self._waiting = self._waiting, {}
            for point, memory in waiting.items():
                self._write(point, memory)

    def _write(self, point: str, memory: DoorMemory) -> None:
        kept = {
            "state": memory.state.value,
            "lockdown": memory.lockdown,
            "fire": memory.fire,
            "hold": memory.hold,
        }
        path = self._path(point)
        fresh = path.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with fresh.open("w", encoding="utf-8") as file:
                json.dump(kept, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            _log.error("door_memory_unwritten", point=point, why=str(error))
