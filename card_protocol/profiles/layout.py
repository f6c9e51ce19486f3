"""What is on a card, as data: applications, files, sizes, rights and keys (design § 4).

This is the one place. Personalisation, inspection, the documentation table and the tests derive from it.

Rules that the data follows, and a test keeps:
- every file is read and written in full mode, and nothing is open to everybody;
- keys, rights and files are changed by key 0 of their application only, which never leaves the server;
- a key that may leave the server writes only what is signed elsewhere (revocations), appended (logs), or bounded
  by the card (a debit and its return).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from card_protocol.channel.applications import CARD_LEVEL
from card_protocol.channel.ev2 import Mode
from card_protocol.channel.files import NEVER, FileKind, Rights
from card_protocol.crypto.tree import Purpose

LAYOUT_VERSION: Final = 1

APPLICATION_SETTINGS: Final = 0x09
"""KeySett1: the master key changes keys and these settings, creates and lists files. Nothing is free."""

CARD_SETTINGS: Final = 0x09
"""The same at card level: no application is created, deleted or listed without the card's master key."""

FACTORY_CARD_SETTINGS: Final = 0x0F

KEY_SETS: Final = 2
"""The active set, and one in which the next version is prepared before it is rolled in."""


class Holder(StrEnum):
    """Who may hold a leaf key. The server holds all of them."""

    SERVER = "server"
    GATEWAY = "gateway"
    CARE_POINT = "care_point"
    CLINIC_POINT = "clinic_point"
    ACTIVITY_POINT = "activity_point"
    PROPERTY_POINT = "property_point"
    PAY_POINT = "pay_point"


@dataclass(frozen=True, slots=True)
class KeySlot:
    """One key of an application. `per_card` is False only where the UID is not known yet."""

    number: int
    name: str
    purpose: Purpose
    holder: Holder = Holder.SERVER
    per_card: bool = True


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One file. `size_bytes` is of the file or of one record; `records` is how many can be read back."""

    number: int
    name: str
    kind: FileKind
    rights: Rights
    size_bytes: int = 0
    records: int = 0
    upper: int = 0
    """Largest value of a value file, whose smallest is 0."""
    mac_purpose: Purpose | None = None
    """Whose key a transaction MAC file gets."""

    @property
    def mode(self) -> Mode:
        """Always full: there is no other on our cards."""
        return Mode.FULL

    @property
    def max_records(self) -> int:
        """What the card is asked for: one more, the shelter of a running transaction."""
        return self.records + 1 if self.kind is FileKind.CYCLIC else 0


@dataclass(frozen=True, slots=True)
class Application:
    """One application; `aid` as on the air, least significant byte first."""

    name: str
    aid: bytes
    keys: tuple[KeySlot, ...]
    files: tuple[FileSpec, ...]

    def key(self, name: str) -> KeySlot:
        """A key slot by name."""
        return next(slot for slot in self.keys if slot.name == name)

    def file(self, name: str) -> FileSpec:
        """A file by name."""
        return next(spec for spec in self.files if spec.name == name)

    @property
    def has_transaction_mac(self) -> bool:
        """Whether CommitTransaction counts here."""
        return any(spec.kind is FileKind.TRANSACTION_MAC for spec in self.files)


def _aid(number: int) -> bytes:
    return number.to_bytes(3, "little")


CARD_MASTER: Final = KeySlot(0, "card master", Purpose.CARD_MASTER)

ACCESS: Final = Application(
    "access",
    _aid(0x0C4A01),
    keys=(
        KeySlot(0, "master", Purpose.ACCESS_MASTER),
        KeySlot(1, "door read", Purpose.DOOR_READ, Holder.GATEWAY),
        KeySlot(2, "event append", Purpose.EVENT_APPEND, Holder.GATEWAY),
        KeySlot(3, "updater", Purpose.UPDATER),
        # A card with random ID shows no UID before this key is proven, so it cannot be diversified by it.
        KeySlot(4, "privacy", Purpose.PRIVACY, per_card=False),
    ),
    files=(
        FileSpec(1, "header", FileKind.BACKUP, Rights(1, 3, 3, 0), 64),
        FileSpec(2, "grant", FileKind.BACKUP, Rights(1, 3, 3, 0), 192),
        # Doors carry revocations from card to card, so their append key writes here. What they write is signed.
        FileSpec(3, "revocations", FileKind.BACKUP, Rights(1, 2, 3, 0), 192),
        # Doors read the last passage: anti-passback between gateways that hear nothing of one another.
        FileSpec(4, "events", FileKind.CYCLIC, Rights(1, 2, NEVER, 0), 24, records=16),
        FileSpec(
            5,
            "transaction mac",
            FileKind.TRANSACTION_MAC,
            Rights(3, NEVER, NEVER, 0),
            mac_purpose=Purpose.ACCESS_TRANSACTION_MAC,
        ),
    ),
)

CARE: Final = Application(
    "care",
    _aid(0x0C4A02),
    keys=(
        KeySlot(0, "admin", Purpose.CARE_ADMIN),
        KeySlot(1, "read", Purpose.CARE_READ, Holder.CARE_POINT),
        KeySlot(2, "append", Purpose.CARE_APPEND, Holder.CARE_POINT),
    ),
    files=(
        FileSpec(1, "profile", FileKind.BACKUP, Rights(1, 0, NEVER, 0), 96),
        FileSpec(2, "visits", FileKind.CYCLIC, Rights(1, 2, NEVER, 0), 16, records=32),
    ),
)

CLINIC: Final = Application(
    "clinic",
    _aid(0x0C4A03),
    keys=(
        KeySlot(0, "master", Purpose.CLINIC_MASTER),
        KeySlot(1, "clinic", Purpose.CLINIC, Holder.CLINIC_POINT),
    ),
    files=(
        FileSpec(1, "pointer", FileKind.BACKUP, Rights(1, 0, NEVER, 0), 64),
        FileSpec(2, "visits", FileKind.CYCLIC, Rights(NEVER, NEVER, 1, 0), 8, records=16),
    ),
)

ACTIVITY: Final = Application(
    "activity",
    _aid(0x0C4A04),
    keys=(
        KeySlot(0, "master", Purpose.ACTIVITY_MASTER),
        KeySlot(1, "activity", Purpose.ACTIVITY, Holder.ACTIVITY_POINT),
    ),
    files=(
        FileSpec(1, "membership", FileKind.BACKUP, Rights(1, 0, NEVER, 0), 32),
        FileSpec(2, "attendance", FileKind.CYCLIC, Rights(NEVER, NEVER, 1, 0), 32, records=16),
    ),
)

PROPERTY: Final = Application(
    "property",
    _aid(0x0C4A05),
    keys=(
        KeySlot(0, "master", Purpose.PROPERTY_MASTER),
        KeySlot(1, "property", Purpose.PROPERTY, Holder.PROPERTY_POINT),
    ),
    files=(
        FileSpec(1, "property", FileKind.BACKUP, Rights(1, 0, NEVER, 0), 64),
        FileSpec(2, "log", FileKind.CYCLIC, Rights(NEVER, NEVER, 1, 0), 16, records=16),
    ),
)

PURSE: Final = Application(
    "purse",
    _aid(0x0C4A06),
    keys=(
        KeySlot(0, "master", Purpose.PURSE_MASTER),
        KeySlot(1, "debit", Purpose.PURSE_DEBIT, Holder.PAY_POINT),
        KeySlot(2, "credit", Purpose.PURSE_CREDIT),
    ),
    files=(
        # The debit key reads, debits and, as limited credit, gives back what it has just taken.
        FileSpec(1, "value", FileKind.VALUE, Rights(1, 1, 2, 0), upper=100_000),
        FileSpec(2, "log", FileKind.CYCLIC, Rights(1, 1, 2, 0), 16, records=32),
        FileSpec(
            3,
            "transaction mac",
            FileKind.TRANSACTION_MAC,
            Rights(1, NEVER, NEVER, 0),
            mac_purpose=Purpose.PURSE_TRANSACTION_MAC,
        ),
    ),
)

LAYOUT: Final = (ACCESS, CARE, CLINIC, ACTIVITY, PROPERTY, PURSE)

CARD_AID: Final = CARD_LEVEL
"""The AID under which the card master key is diversified."""
