"""What a field needs of anything that lies in it, and chips that have only an id.

:class:`firmware_sim.card.card.Card` is one of them. The others are what people also hold against a reader:
they give a number that anyone can copy, and must be refused for it.
"""

from typing import Protocol

from firmware_sim.card.apdu import parse
from firmware_sim.card.entropy import Entropy

SELECT = 0xA4
ATQA_SINGLE = bytes.fromhex("0400")
SAK_CLASSIC_1K = 0x08
SAK_ISO_DEP = 0x20
FILE_NOT_FOUND = bytes.fromhex("6A82")
UNKNOWN_INSTRUCTION = bytes.fromhex("6D00")


class Chip(Protocol):
    """A contactless chip. ``uid`` and ``atqa`` are those of the current activation."""

    @property
    def uid(self) -> bytes:
        """4, 7 or 10 bytes."""
        ...

    @property
    def atqa(self) -> bytes:
        """Two bytes, least significant first."""
        ...

    @property
    def sak(self) -> int:
        """SAK of the last cascade level; bit 5 set means ISO/IEC 14443-4."""
        ...

    @property
    def ats(self) -> bytes:
        """Answer to select, empty for a chip below part 4."""
        ...

    def power_on(self) -> None:
        """The field comes up."""
        ...

    def power_off(self) -> None:
        """The field goes away, at any moment."""
        ...

    def transmit(self, apdu: bytes) -> bytes:
        """One command to one answer; empty means silence."""
        ...


class UidOnlyChip:
    """A MIFARE Classic 1K as far as an anticollision goes: 4-byte id, no part 4, no answer to APDUs."""

    def __init__(self, uid: bytes, sak: int = SAK_CLASSIC_1K) -> None:
        self.uid = uid
        self.atqa = ATQA_SINGLE
        self.sak = sak
        self.ats = b""

    def power_on(self) -> None:
        """Nothing to start."""

    def power_off(self) -> None:
        """Nothing to lose."""

    def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002  a chip below part 4 hears no APDU
        """Silence."""
        return b""


class OtherSmartCard:
    """A bank card (fixed id) or a phone (``entropy`` given: a fresh random id 08 … at every field)."""

    def __init__(self, uid: bytes, entropy: Entropy | None = None) -> None:
        self.uid = uid
        self.sak = SAK_ISO_DEP
        self.ats = bytes.fromhex("0578808002")
        self._entropy = entropy

    @property
    def atqa(self) -> bytes:
        """By the length of the id."""
        return ATQA_SINGLE if len(self.uid) == 4 else bytes.fromhex("4400")

    def power_on(self) -> None:
        """A phone shows a new id."""
        if self._entropy is not None:
            self.uid = b"\x08" + self._entropy(3)

    def power_off(self) -> None:
        """Nothing to lose."""

    def transmit(self, apdu: bytes) -> bytes:
        """It selects nothing of ours and knows no other command."""
        command = parse(apdu)
        if command is not None and command.cla == 0 and command.ins == SELECT:
            return FILE_NOT_FOUND
        return UNKNOWN_INSTRUCTION
