"""Status words, named: DESFire's native 91xx and the few ISO 7816-4 ones that a reader may meet.

Source: MIFARE DESFire EV2 data sheet MF3DX2 (status codes), ISO/IEC 7816-4 § 5.6.
"""

from enum import IntEnum
from typing import Final

from card_protocol.errors import PeerFault

NATIVE_SW1: Final = 0x91


class Status(IntEnum):
    """Second byte of a native status word 91xx."""

    OPERATION_OK = 0x00
    NO_CHANGES = 0x0C
    OUT_OF_MEMORY = 0x0E
    ILLEGAL_COMMAND = 0x1C
    INTEGRITY_ERROR = 0x1E
    NO_SUCH_KEY = 0x40
    LENGTH_ERROR = 0x7E
    PERMISSION_DENIED = 0x9D
    PARAMETER_ERROR = 0x9E
    APPLICATION_NOT_FOUND = 0xA0
    APPLICATION_INTEGRITY_ERROR = 0xA1
    AUTHENTICATION_DELAY = 0xAD
    AUTHENTICATION_ERROR = 0xAE
    ADDITIONAL_FRAME = 0xAF
    BOUNDARY_ERROR = 0xBE
    CARD_INTEGRITY_ERROR = 0xC1
    COMMAND_ABORTED = 0xCA
    CARD_DISABLED = 0xCD
    COUNT_ERROR = 0xCE
    DUPLICATE_ERROR = 0xDE
    EEPROM_ERROR = 0xEE
    FILE_NOT_FOUND = 0xF0
    FILE_INTEGRITY_ERROR = 0xF1


class IsoStatus(IntEnum):
    """Whole ISO 7816-4 status words."""

    OK = 0x9000
    WRONG_LENGTH = 0x6700
    SECURITY_NOT_SATISFIED = 0x6982
    CONDITIONS_NOT_SATISFIED = 0x6985
    NOT_FOUND = 0x6A82
    WRONG_PARAMETERS = 0x6B00
    INSTRUCTION_UNKNOWN = 0x6D00
    CLASS_UNKNOWN = 0x6E00


def native(status: Status) -> int:
    """The whole status word of a native status: 91xx."""
    return NATIVE_SW1 << 8 | status


def describe(sw: int) -> str:
    """A status word for a person: `91AE authentication error`, or the bare number when it has no name."""
    number = f"{sw:04X}"
    try:
        name = (Status(sw & 0xFF) if sw >> 8 == NATIVE_SW1 else IsoStatus(sw)).name
    except ValueError:
        return number
    return f"{number} {name.lower().replace('_', ' ')}"


class StatusFault(PeerFault):
    """The card answered a command with something else than success."""

    def __init__(self, sw: int, doing: str) -> None:
        super().__init__(f"{doing}: the card answered {describe(sw)}")
        self.sw = sw

    def is_native(self, *statuses: Status) -> bool:
        """Whether the card's answer was one of these native statuses."""
        return any(self.sw == native(status) for status in statuses)
