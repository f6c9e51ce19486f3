"""What an installer does with readers on RS-485: enrol, try, give a new key. The daemon must be stopped meanwhile.

A reader leaves the factory with a key that everybody knows, for installation. `add` gives it one of its own at once, so
that nothing is ever served over the known one.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from card_protocol.errors import EquipmentFault
from edge.core.card_data import uid_of
from edge.drivers.osdp_bus import OsdpBus
from edge.drivers.osdp_unit import Beep, Colour, Rekey, Shine, Unit, UnitPlace
from edge.drivers.reader_store import KEY_BYTES, KnownReader, ReaderStore
from edge.ports.trouble import ReaderMisused, ReaderTrouble, Trouble

ONLINE_TIMEOUT_MS: Final = 8000
REKEY_TIMEOUT_MS: Final = 5000
SIGNAL_MS: Final = 1500


@dataclass(frozen=True)
class Tried:
    """What a reader said when it was tried."""

    identity: dict[str, int]
    inputs: tuple[bool, ...]
    tampered: bool
    uid: str | None
    """Of the card that was held to it, if one was asked for."""


def add(store: ReaderStore, reader: KnownReader, old_key: bytes | None = None) -> KnownReader:
    """Enrol a reader: give it a key of its own and keep that. `old_key` None: it is fresh from the factory.

    ValueError when its name or place is taken. EquipmentFault when it does not answer; then nothing was changed.
    """
    if any(known.name == reader.name for known in store.all()):
        raise ReaderMisused(Trouble.NAME_TAKEN, name=reader.name)
    new_key = secrets.token_bytes(KEY_BYTES)
    begun = reader.model_copy(update={"key": (old_key or new_key).hex(), "next_key": new_key.hex()})
    store.put(begun)
    try:
        if old_key is None:
            with _line(begun, new_key, install=True):
                pass
        else:
            with _line(begun, old_key) as unit:
                _send_key(unit, new_key)
    except EquipmentFault:
        try:
            # Perhaps only its last answer was lost: a key that is thrown away now would lock it for ever.
            return _finish(store, begun)
        except EquipmentFault:
            store.remove(reader.name)
        raise
    return _finish(store, begun)


def rekey(store: ReaderStore, name: str) -> KnownReader:
    """Give a reader a new key. EquipmentFault when it does not answer; `settle` finds out which key it has then."""
    reader = store.get(name)
    new_key = secrets.token_bytes(KEY_BYTES)
    begun = reader.model_copy(update={"next_key": new_key.hex()})
    store.put(begun)
    with _line(begun, bytes.fromhex(begun.key)) as unit:
        _send_key(unit, new_key)
    return _finish(store, begun)


def settle(store: ReaderStore, name: str) -> KnownReader:
    """After a new key that was interrupted: find out which of the two the reader has, and keep that one."""
    reader = store.get(name)
    if reader.next_key is None:
        return reader
    for key in (reader.next_key, reader.key):
        try:
            with _line(reader, bytes.fromhex(key)):
                pass
        except EquipmentFault:
            continue
        settled = reader.model_copy(update={"key": key, "next_key": None})
        store.put(settled)
        return settled
    raise ReaderTrouble(Trouble.NEITHER_KEY, name=name)


def try_out(store: ReaderStore, name: str, card_timeout_ms: int = 0) -> Tried:
    """Talk to a reader: who it is, how its wires stand; it shines green and beeps. Waits for a card if asked to."""
    reader = settle(store, name)
    with _line(reader, bytes.fromhex(reader.key)) as unit:
        unit.wait_until(lambda: unit.inputs is not None and unit.local is not None, REKEY_TIMEOUT_MS)
        unit.give(Shine(Colour.GREEN, SIGNAL_MS))
        unit.give(Beep(1))
        inputs, tampered = tuple(map(bool, unit.inputs or b"")), bool(unit.local and unit.local[0])
        tried = Tried(dict(unit.identity), inputs, tampered, None)
        raw = unit.wait_for_card(card_timeout_ms) if card_timeout_ms else None
        return tried if raw is None else replace(tried, uid=uid_of(raw.bits, raw.data))


def _finish(store: ReaderStore, begun: KnownReader) -> KnownReader:
    """Only a reader that answers to the new key is kept with it."""
    assert begun.next_key is not None
    with _line(begun, bytes.fromhex(begun.next_key)):
        finished = begun.model_copy(update={"key": begun.next_key, "next_key": None})
    store.put(finished)
    return finished


def _send_key(unit: Unit, key: bytes) -> None:
    unit.give(Rekey(key))
    if not unit.wait_until(lambda: unit.rekeyed, REKEY_TIMEOUT_MS):
        raise ReaderTrouble(Trouble.KEY_NOT_TAKEN, name=unit.name)


@contextmanager
def _line(reader: KnownReader, key: bytes, *, install: bool = False) -> Iterator[Unit]:
    """The reader alone on its line, online."""
    place = UnitPlace(reader.name, reader.address, key)
    bus = OsdpBus(reader.port, reader.baud, [place], install=install)
    try:
        unit = bus.unit(reader.name)
        if not unit.wait_until(lambda: unit.is_online, ONLINE_TIMEOUT_MS):
            raise ReaderTrouble(Trouble.NO_ANSWER, address=reader.address, port=reader.port)
        yield unit
    finally:
        bus.close()
