"""A contactless reader, as the tap sees it: blocking, one thread each."""

from enum import StrEnum
from typing import Protocol


class CardKind(StrEnum):
    """What one can do with a card in the field."""

    ISO_DEP = "iso_dep"
    """It takes APDUs (ISO/IEC 14443-4): a DESFire, a bank card, a phone."""
    VOUCHED = "vouched"
    """A reader on a secure line has read it and vouches for its number."""
    CODE = "code"
    """A visitor's pass as a QR code: whatever is transmitted to it, it answers with its text."""
    UID_ONLY = "uid_only"
    """It has a number that anyone can copy and nothing else that we use (MIFARE Classic and the like)."""


class CardInField(Protocol):
    """One card, from the moment the reader saw it until it leaves."""

    @property
    def uid(self) -> str:
        """ISO 14443-3 UID in upper-case hex."""
        ...

    @property
    def kind(self) -> CardKind:
        """Whether `transmit` makes sense."""
        ...

    @property
    def seen_ns(self) -> int:
        """Monotonic time [ns] at which the reader first saw it, before activation."""
        ...

    def transmit(self, command: bytes) -> bytes:
        """One APDU there and its answer back. CardGone (CardSilent past the driver's bound); EquipmentFault."""
        ...

    def wait_for_removal(self, timeout_ms: int) -> bool:
        """True as soon as the card has left, False when it still lies there after `timeout_ms`."""
        ...


class Reader(Protocol):
    """A reader that is open. Every method raises EquipmentFault when the device has gone."""

    @property
    def name(self) -> str:
        """What a person calls the device: for logs and screens."""
        ...

    def wait_for_card(self, timeout_ms: int) -> CardInField | None:
        """The next card; None when none came in time. A card that is already there counts as new."""
        ...

    def close(self) -> None:
        """Let the device go. Never raises."""
        ...
