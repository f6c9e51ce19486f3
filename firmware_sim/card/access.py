"""Access rights of a file and the communication mode they lead to.

Two bytes, least significant first: ``Read | Write | ReadWrite | Change``, four bits each; 0..D a key number,
E free, F never (MF2DL(H)x0, "access rights").
"""

from dataclasses import dataclass
from enum import IntEnum

from firmware_sim.card.status import Status, StatusError

FREE = 0xE
NEVER = 0xF


class CommMode(IntEnum):
    """Bits 1..0 of a file option. The second plain encoding (2) is normalised to 0."""

    PLAIN = 0
    MAC = 1
    FULL = 3


def comm_mode(option: int) -> CommMode:
    """The mode in a FileOption byte."""
    return CommMode.PLAIN if option & 0x03 == 0x02 else CommMode(option & 0x03)


@dataclass(frozen=True)
class AccessRights:
    """Key numbers (or FREE, NEVER) of one file. For a value file, read = get and debit, write = limited
    credit too, read_write = credit too. For a transaction MAC file, read_write = CommitReaderID."""

    read: int
    write: int
    read_write: int
    change: int

    @classmethod
    def decode(cls, raw: bytes) -> "AccessRights":
        """From the two bytes on the wire."""
        return cls(read=raw[1] >> 4, write=raw[1] & 0xF, read_write=raw[0] >> 4, change=raw[0] & 0xF)

    def encode(self) -> bytes:
        """To the two bytes on the wire."""
        return bytes((self.read_write << 4 | self.change, self.read << 4 | self.write))

    def named_keys(self) -> frozenset[int]:
        """The key numbers that must exist in the application."""
        return frozenset(k for k in (self.read, self.write, self.read_write, self.change) if k < FREE)


def mode_for(holders: tuple[int, ...], authenticated_key: int | None, file_mode: CommMode) -> CommMode:
    """The mode in which a command with these rights runs.

    A right of the authenticated key gives the file's own mode; free access alone gives plain, also inside a
    session (MF2DL(H)x0, "access rights"). Otherwise the command is refused: ``AE`` when no session is open and a key
    could help, ``9D`` when the session's key is not the one (seen on EV3 silicon by the libnxpsc project).
    """
    if authenticated_key is not None and authenticated_key in holders:
        return file_mode
    if FREE in holders:
        return CommMode.PLAIN
    if authenticated_key is None and any(holder < FREE for holder in holders):
        raise StatusError(Status.AUTHENTICATION_ERROR)
    raise StatusError(Status.PERMISSION_DENIED)
