"""The PN532's firmware, as far as a reader of ISO/IEC 14443-4 type A cards needs it (UM0701-02, clause 7).

The antenna is an object: the chip sends frames into it and gets frames, silence or noise back.
"""

from collections.abc import Callable
from typing import Protocol

from firmware_sim.field.typea import REQA, cascade
from firmware_sim.pn532.registers import FIFO_DATA, RF_OFF, RF_ON, TX_CONTROL, UNANSWERED_REQA, Registers

FIRMWARE_VERSION = bytes.fromhex("32010607")
GENERAL_STATUS = bytes.fromhex("00010080")
STATUS_OK = b"\x00"
STATUS_TIMEOUT = b"\x01"
STATUS_CRC = b"\x02"
MAX_DATA_BYTES = 262
TYPE_A_106 = 0x00
CONFIGURE_FIELD = 0x01
CONFIGURE_TIMINGS = 0x02
LONGEST_TIMEOUT_INDEX = 0x10
DEFAULT_TIMEOUT_INDEX = 0x0A
SELECT_CODES = (0x93, 0x95, 0x97)


class Noisy(Exception):
    """Something came back, but its CRC was wrong."""


class Antenna(Protocol):
    """The field in front of the chip."""

    def off(self) -> None:
        """The carrier goes down."""
        ...

    def exchange(self, frame: bytes, timeout_ms: float) -> bytes | None:
        """One frame out, one frame or silence back; waits at most that long. :class:`Noisy` for a bad CRC."""
        ...


class Pn532:
    """Commands in, answers out; one at a time, as the chip does."""

    def __init__(self, antenna: Antenna) -> None:
        self._antenna = antenna
        self._registers = Registers()
        self._timeout_index = DEFAULT_TIMEOUT_INDEX
        self._commands: dict[int, Callable[[bytes], bytes]] = {
            0x00: self._diagnose,
            0x02: lambda _data: FIRMWARE_VERSION,
            0x04: lambda _data: GENERAL_STATUS,
            0x06: self._registers.read,
            0x08: self._write_register,
            0x10: _nothing,
            0x12: _nothing,
            0x14: _nothing,
            0x16: self._power_down,
            0x32: self._rf_configuration,
            0x42: self._communicate_thru,
            0x44: self._deselect,
            0x4A: self._list_passive_target,
            0x52: self._deselect,
        }

    def execute(self, code: int, data: bytes) -> bytes | None:
        """The answer's data; None for a command that the chip does not know (an error frame is due)."""
        command = self._commands.get(code)
        return None if command is None else command(data)

    @property
    def timeout_ms(self) -> float:
        """RF timeout of InCommunicateThru: 100 µs doubled per step, 0 meaning the longest."""
        index = self._timeout_index or LONGEST_TIMEOUT_INDEX
        return 0.1 * float(1 << (min(index, LONGEST_TIMEOUT_INDEX) - 1))

    def _diagnose(self, data: bytes) -> bytes:
        """Test 0 (communication line) echoes; the memory tests pass."""
        return data if data[:1] == b"\x00" else b"\x00"

    def _write_register(self, data: bytes) -> bytes:
        self._registers.write(data)
        return b""

    def _rf_configuration(self, data: bytes) -> bytes:
        if data[:1] == bytes((CONFIGURE_FIELD,)) and len(data) == 2:
            self._carrier(bool(data[1] & 0x01))
        elif data[:1] == bytes((CONFIGURE_TIMINGS,)) and len(data) == 4:
            self._timeout_index = data[3]
        return b""

    def _power_down(self, _data: bytes) -> bytes:
        self._carrier(False)
        return STATUS_OK

    def _deselect(self, _data: bytes) -> bytes:
        return STATUS_OK

    def _carrier(self, on: bool) -> None:
        if not on:
            self._antenna.off()
        self._registers.set(TX_CONTROL, RF_ON if on else RF_OFF)

    def _list_passive_target(self, data: bytes) -> bytes:
        """``MaxTg BrTy [InitiatorData]``: found targets. ATQA comes most significant byte first.

        Only type A at 106 kbit/s finds anything. When nobody answers, REQA stays in the FIFO, which hosts read
        to tell an empty field from a collision.
        """
        self._carrier(True)
        self._registers.set(FIFO_DATA, UNANSWERED_REQA)
        if len(data) < 2 or data[1] != TYPE_A_106:
            return b"\x00"
        found = self._find(data[2:])
        if found is None:
            return b"\x00"
        atqa, sak, uid = found
        self._registers.set(FIFO_DATA, 0)
        return b"\x01\x01" + atqa[::-1] + sak + bytes((len(uid),)) + uid

    def _find(self, wanted: bytes) -> tuple[bytes, bytes, bytes] | None:
        """REQA, then anticollision and selection level by level. ``wanted`` carries cascade tags."""
        atqa = self._quick(REQA)
        if not atqa:
            return None
        uid = b""
        for level, code in enumerate(SELECT_CODES):
            part = self._quick(bytes((code, 0x20)))
            if not part or part != cascade(part[:4])[0]:
                return None
            if wanted and part[:4] != wanted[4 * level : 4 * level + 4]:
                return None
            sak = self._quick(bytes((code, 0x70)) + part)
            if not sak:
                return None
            if not sak[0] & 0x04:
                return atqa, sak, uid + part[:4]
            uid += part[1:4]
        return None

    def _quick(self, frame: bytes) -> bytes | None:
        """Anticollision frames have fixed short answer times."""
        try:
            return self._antenna.exchange(frame, timeout_ms=0.0)
        except Noisy:
            return None

    def _communicate_thru(self, data: bytes) -> bytes:
        try:
            answer = self._antenna.exchange(data, self.timeout_ms)
        except Noisy:
            return STATUS_CRC
        if answer is None:
            return STATUS_TIMEOUT
        return STATUS_OK + answer[:MAX_DATA_BYTES]


def _nothing(_data: bytes) -> bytes:
    """Accepted without effect here: baud rate, parameters, SAM configuration."""
    return b""
