"""Readers on RS-485 that were enrolled at this box, each with its key: `private/readers.json` of the box (0600)."""

import os
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from card_protocol.errors import TrustFault
from card_protocol.words.ids import Slug
from edge.ports.trouble import ReaderMisused, ReaderTrouble, Trouble

READERS_MAX: Final = 64
KEY_BYTES: Final = 16
BAUDS: Final = (9600, 19200, 38400, 57600, 115200, 230400)

KeyHex = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class KnownReader(BaseModel):
    """One reader. `next_key` is there while a new key is on its way: the reader holds one of the two."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Slug
    port: str = Field(pattern=r"^/[\w./-]+$", max_length=200)
    baud: int = 9600
    address: int = Field(ge=0, le=126)
    key: KeyHex = Field(repr=False)
    next_key: KeyHex | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _usual_baud(self) -> Self:
        if self.baud not in BAUDS:
            raise PydanticCustomError("baud", "the baud rate is one of {bauds}", {"bauds": ", ".join(map(str, BAUDS))})
        return self


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    readers: tuple[KnownReader, ...] = Field(default=(), max_length=READERS_MAX)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [reader.name for reader in self.readers]
        places = [(reader.port, reader.address) for reader in self.readers]
        for what, values in (("name", names), ("place", places)):
            if len(set(values)) != len(values):
                raise ValueError(f"two readers have the same {what}")
        return self


class ReaderStore:
    """The file. Nothing is kept in memory, so that commands and daemon see the same."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "private" / "readers.json"

    def all(self) -> tuple[KnownReader, ...]:
        """In the order of their names. TrustFault when others can read the keys; EquipmentFault for a broken file."""
        try:
            mode = self._path.stat().st_mode
            data = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise ReaderTrouble(Trouble.FILE_UNREADABLE, path=str(self._path), why=error.strerror or "?") from error
        if mode & 0o077:
            raise TrustFault(f"{self._path} is readable by other users: chmod 600, and give its readers new keys")
        try:
            return tuple(sorted(_File.model_validate_json(data).readers, key=lambda reader: reader.name))
        except ValidationError as error:
            raise ReaderTrouble(Trouble.FILE_DAMAGED, path=str(self._path), faults=error.error_count()) from None

    def get(self, name: str) -> KnownReader:
        """EquipmentFault when no reader of that name was enrolled."""
        for reader in self.all():
            if reader.name == name:
                return reader
        known = ", ".join(reader.name for reader in self.all()) or "none"
        raise ReaderTrouble(Trouble.NAME_UNKNOWN, name=name, known=known)

    def put(self, reader: KnownReader) -> None:
        """Add it, or replace the one of its name; ValueError when another reader is at its place."""
        others = [known for known in self.all() if known.name != reader.name]
        if any((known.port, known.address) == (reader.port, reader.address) for known in others):
            raise ReaderMisused(Trouble.PLACE_TAKEN, address=reader.address, port=reader.port)
        self._write(_File(readers=(*others, reader)))

    def remove(self, name: str) -> None:
        """Forget a reader and its key; nothing happens when there is none of that name."""
        self._write(_File(readers=tuple(known for known in self.all() if known.name != name)))

    def _write(self, file: _File) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(file.model_dump_json(indent=1))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._path)
