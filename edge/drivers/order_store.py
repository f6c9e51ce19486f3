"""How far the points have come with commands: `carried-out.json` beside the box's other files, replaced as a whole."""

import json
from pathlib import Path
from typing import Final

import structlog

from gateway.drivers.linked_file import write_atomically

FILE_NAME: Final = "carried-out.json"

_log = structlog.get_logger()


class OrderMark:
    """See `edge.ports.orders.OrderMemory`. What the disk does not take holds until the next start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME
        self._done = self._recall()

    def done(self) -> int:
        """See the port."""
        return self._done

    def keep(self, number: int) -> None:
        """See the port."""
        self._done = number
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps({"done": number}).encode())
        except OSError as error:
            _log.error("order_mark_unwritten", number=number, why=str(error))

    def _recall(self) -> int:
        try:
            return int(json.loads(self._path.read_bytes())["done"])
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, TypeError, KeyError) as error:
            _log.error("order_mark_unreadable", why=str(error))
            return 0
