"""A card's memory as JSON text, and on disk.

The text holds the card's keys in clear: it is the silicon of a simulated card, not a backup format.
"""

import os
from pathlib import Path

from pydantic import ConfigDict, RootModel

from firmware_sim.card.state import CardState


class _Memory(RootModel[CardState]):
    model_config = ConfigDict(ser_json_bytes="hex", val_json_bytes="hex")


def dump(state: CardState) -> str:
    """The whole non-volatile memory, bytes in hex."""
    return _Memory(state).model_dump_json(indent=1)


def load(text: str) -> CardState:
    """Inverse of :func:`dump`; ``ValueError`` (pydantic's) when it is no card memory."""
    return _Memory.model_validate_json(text).root


def save(state: CardState, path: Path) -> None:
    """Write the file so that a crash leaves the old or the new memory, readable by the owner alone."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(dump(state))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read(path: Path) -> CardState:
    """Load a saved card."""
    return load(path.read_text(encoding="utf-8"))
