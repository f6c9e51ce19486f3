"""The parameters of CreateApplication.

``AID(3) KeySett1 KeySett2 [KeySett3 [AKSVersion NoKeySets MaxKeySize AppKeySetSett]] [ISOFileID(2) [DFName]]``:
KeySett2 bit 4 announces KeySett3, whose bit 0 announces the key set block (the order is the one that the
libnxpsc project verified on EV3 silicon).
"""

from dataclasses import dataclass

from firmware_sim.card.keys import AES_KEY_TYPE, KEY_BYTES
from firmware_sim.card.state import MAX_KEYS
from firmware_sim.card.status import Status, StatusError

KEY_TYPE_BITS = 0xC0
ISO_FILES_BIT = 0x20
KEY_SETT3_BIT = 0x10
KEY_SETS_BIT = 0x01
MAX_KEY_SETS = 16
MAX_DF_NAME_BYTES = 16


@dataclass(frozen=True)
class NewApplication:
    """A parsed CreateApplication."""

    aid: int
    settings: int
    key_count: int
    iso_files: bool
    active_version: int
    key_set_count: int
    roll_key: int | None
    iso_id: int | None
    df_name: bytes


class _Reader:
    """Takes bytes from the front; ``7E`` when they run out."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def take(self, count: int) -> bytes:
        if len(self._raw) < count:
            raise StatusError(Status.LENGTH_ERROR)
        taken, self._raw = self._raw[:count], self._raw[count:]
        return taken

    def rest(self) -> bytes:
        taken, self._raw = self._raw, b""
        return taken


def parse(raw: bytes) -> NewApplication:
    """Ends with ``7E`` for a wrong length, ``9E`` for a value that this card cannot have."""
    reader = _Reader(raw)
    aid = int.from_bytes(reader.take(3), "little")
    settings, sett2 = reader.take(2)
    sett3 = reader.take(1)[0] if sett2 & KEY_SETT3_BIT else 0
    version, sets, roll_key = 0, 1, None
    if sett3 & KEY_SETS_BIT:
        version, sets, key_bytes, set_settings = reader.take(4)
        roll_key = set_settings & 0x0F
        _require(2 <= sets <= MAX_KEY_SETS and key_bytes == KEY_BYTES and set_settings <= 0x07)
    tail = reader.rest()
    iso_id, df_name = _iso(tail)
    key_count = sett2 & 0x0F
    _require(aid != 0 and 1 <= key_count <= MAX_KEYS)
    _require(sett2 & KEY_TYPE_BITS == AES_KEY_TYPE and sett3 & ~KEY_SETS_BIT == 0)
    _require(roll_key is None or roll_key < key_count)
    return NewApplication(
        aid, settings, key_count, bool(sett2 & ISO_FILES_BIT), version, sets, roll_key, iso_id, df_name
    )


def _iso(tail: bytes) -> tuple[int | None, bytes]:
    if not tail:
        return None, b""
    if len(tail) < 2 or len(tail) > 2 + MAX_DF_NAME_BYTES:
        raise StatusError(Status.LENGTH_ERROR)
    return int.from_bytes(tail[:2], "little"), tail[2:]


def _require(condition: bool) -> None:
    if not condition:
        raise StatusError(Status.PARAMETER_ERROR)
