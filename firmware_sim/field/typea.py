"""ISO/IEC 14443-3 type A, card's side: anticollision over one or two cascade levels, selection, RATS.

Pure: one frame in, one frame or silence out. Frames carry no CRC and no parity (the reader's chip adds and
checks them); there is one card in the field, so a collision never happens.
"""

from collections.abc import Callable
from enum import Enum
from functools import reduce
from operator import xor

from firmware_sim.field.chip import Chip
from firmware_sim.field.isodep import IsoDep, frame_bytes

REQA = b"\x26"
WUPA = b"\x52"
HALT = b"\x50\x00"
RATS = 0xE0
SELECT_CODES = (0x93, 0x95, 0x97)
ANTICOLLISION = 0x20
SELECT = 0x70
CASCADE_TAG = b"\x88"
CASCADE_BIT = 0x04
ISO_DEP_BIT = 0x20


class State(Enum):
    """The states of a type A card. READY covers the cascade levels on the way to ACTIVE."""

    IDLE = "idle"
    READY = "ready"
    ACTIVE = "active"
    PROTOCOL = "protocol"
    HALT = "halt"


def cascade(uid: bytes) -> list[bytes]:
    """The id cut into levels of four bytes and their check byte BCC."""
    levels = []
    while len(uid) > 4:
        levels.append(CASCADE_TAG + uid[:3])
        uid = uid[3:]
    levels.append(uid)
    return [level + bytes((reduce(xor, level),)) for level in levels]


class TypeA:
    """One activation of a chip: made when the reader's field came up, dropped when it goes down."""

    def __init__(self, chip: Chip, transmit: Callable[[bytes], bytes], waits: Callable[[], int]) -> None:
        self._chip = chip
        self._transmit = transmit
        self._waits = waits
        self._state = State.IDLE
        self._halted = False
        self._level = 0
        self._blocks: IsoDep | None = None
        self._levels = cascade(chip.uid)

    @property
    def state(self) -> State:
        """For reports and tests."""
        return self._state

    def receive(self, frame: bytes) -> bytes | None:
        """The chip's reaction to one frame."""
        if self._state is State.PROTOCOL:
            return self._in_protocol(frame)
        if frame == WUPA or (frame == REQA and self._state is not State.HALT):
            return self._wake()
        reaction = {State.READY: self._in_ready, State.ACTIVE: self._in_active}.get(self._state)
        answer = reaction(frame) if reaction else None
        if answer is None and self._state in (State.READY, State.ACTIVE):
            self._state = State.HALT if self._halted else State.IDLE
        return answer

    def _wake(self) -> bytes | None:
        """REQA or WUPA in READY or ACTIVE is an error and sends the chip back to where it woke from."""
        if self._state in (State.READY, State.ACTIVE):
            self._state = State.HALT if self._halted else State.IDLE
            return None
        self._halted = self._state is State.HALT
        self._state, self._level = State.READY, 0
        return self._chip.atqa

    def _in_ready(self, frame: bytes) -> bytes | None:
        level = self._levels[self._level]
        code = SELECT_CODES[self._level]
        if frame == bytes((code, ANTICOLLISION)):
            return level
        if frame != bytes((code, SELECT)) + level:
            return None
        self._level += 1
        if self._level < len(self._levels):
            return bytes((self._chip.sak & ~ISO_DEP_BIT | CASCADE_BIT,))
        self._state = State.ACTIVE
        return bytes((self._chip.sak,))

    def _in_active(self, frame: bytes) -> bytes | None:
        if frame == HALT:
            self._halted = True
            return None
        if len(frame) != 2 or frame[0] != RATS or not self._chip.ats:
            return None
        self._blocks = IsoDep(self._transmit, frame_bytes(frame[1] >> 4), frame[1] & 0x0F, self._waits)
        self._state = State.PROTOCOL
        return self._chip.ats

    def _in_protocol(self, frame: bytes) -> bytes | None:
        assert self._blocks is not None
        answer = self._blocks.receive(frame)
        if self._blocks.deselected:
            self._state, self._halted = State.HALT, True
        return answer
