"""The newest lines of the box's logs, for who asked from afar: `state_dir/logs/*.log`, JSON lines with a time each."""

import re
from pathlib import Path
from typing import Final

from card_protocol.wire.command import LOG_LINE_MAX_CHARS, LOG_MAX_LINES

FOLDER_NAME: Final = "logs"
TAIL_MAX_BYTES: Final = 128 * 1024
"""Of each file, from its end."""

_TIME = re.compile(r'"timestamp": ?"([^"]*)"')


def log_excerpt(folder: Path, limit: int = LOG_MAX_LINES) -> list[str]:
    """Up to `limit` lines of all programs in the order of their times, oldest first. None where there are no logs."""
    found: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.log")):
        found += [(_time(line), _printable(line)) for line in _tail(path)]
    return [line for _, line in sorted(found, key=lambda pair: pair[0])[-limit:]]


def _tail(path: Path) -> list[str]:
    """The last whole lines of a file; none when it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_MAX_BYTES))
            data = file.read(TAIL_MAX_BYTES)
    except OSError:
        return []
    lines = data.decode(errors="replace").splitlines()
    return lines[1:] if size > TAIL_MAX_BYTES else lines


def _time(line: str) -> str:
    found = _TIME.search(line)
    return found.group(1) if found else ""


def _printable(line: str) -> str:
    """A log line is one line of text, however long and whatever is in it."""
    return "".join(c if c.isprintable() else " " for c in line)[:LOG_LINE_MAX_CHARS]
