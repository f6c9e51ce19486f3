"""Status bytes of the native command set (the second byte of SW ``91 xx``).

Names and values: MF2DL(H)x0 data sheet, "status and error codes", which is the public member of the family
and shares them with DESFire EV2.
"""

from enum import IntEnum


class Status(IntEnum):
    """What the card answers after a native command."""

    OK = 0x00
    NO_CHANGES = 0x0C
    OUT_OF_MEMORY = 0x0E
    ILLEGAL_COMMAND = 0x1C
    INTEGRITY_ERROR = 0x1E
    NO_SUCH_KEY = 0x40
    LENGTH_ERROR = 0x7E
    PERMISSION_DENIED = 0x9D
    PARAMETER_ERROR = 0x9E
    APPLICATION_NOT_FOUND = 0xA0
    AUTHENTICATION_DELAY = 0xAD
    AUTHENTICATION_ERROR = 0xAE
    ADDITIONAL_FRAME = 0xAF
    BOUNDARY_ERROR = 0xBE
    COMMAND_ABORTED = 0xCA
    DUPLICATE_ERROR = 0xDE
    FILE_NOT_FOUND = 0xF0


class StatusError(Exception):
    """How a command ends early inside the card. It never leaves :mod:`firmware_sim.card.dispatch`,
    which turns it into a status byte: outside, a refusal is an answer like any other."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status
