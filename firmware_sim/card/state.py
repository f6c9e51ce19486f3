"""Everything a card remembers without power, as one value."""

from dataclasses import dataclass, field

from firmware_sim.card.files import MEMORY_BLOCK_BYTES, File, TransactionMacFile, blocks
from firmware_sim.card.keys import AES_KEY_TYPE, KEY_BYTES, FailureLimits, Key, KeySet, KeySettings

PICC_AID = 0x000000
MAX_FILES = 32
MAX_KEYS = 14
APPLICATION_HEAD_BYTES = 2 * MEMORY_BLOCK_BYTES
DEFAULT_LIMITS = FailureLimits()


@dataclass(frozen=True)
class Silicon:
    """What leaves the factory and never changes. Defaults: an EV2 of 8 kB.

    ``hardware`` and ``software`` are frames 1 and 2 of GetVersion (vendor NXP, type DESFire, sub-type,
    version 12.0 for EV2 hardware and 2.1 software, storage 2^13 bytes, protocol ISO 14443-3/-4); the values
    are those that real EV2 cards are seen to answer.
    """

    uid: bytes
    memory_bytes: int = 8192
    hardware: bytes = bytes.fromhex("04010112001A05")
    software: bytes = bytes.fromhex("04010102011A05")
    batch: bytes = bytes.fromhex("BA34495120")
    production_week: int = 0x12
    production_year: int = 0x23
    ats: bytes = bytes.fromhex("067577810280")
    limits: FailureLimits = DEFAULT_LIMITS


@dataclass
class Application:
    """One application. ``key_sets[0]`` is the active one; None is a set that was never initialised."""

    aid: int
    settings: KeySettings
    key_count: int
    key_sets: list[KeySet | None]
    roll_key: int | None = None
    iso_files: bool = False
    iso_id: int | None = None
    df_name: bytes = b""
    files: dict[int, File] = field(default_factory=dict)

    @property
    def keys(self) -> list[Key]:
        """The active keys."""
        active = self.key_sets[0]
        assert active is not None
        return active.keys

    def crypto_byte(self) -> int:
        """KeySett2 as GetKeySettings answers it."""
        return AES_KEY_TYPE | (0x20 if self.iso_files else 0) | self.key_count

    def transaction_mac(self) -> TransactionMacFile | None:
        """The transaction MAC file, of which there is at most one."""
        return next((f for f in self.files.values() if isinstance(f, TransactionMacFile)), None)

    def memory_bytes(self) -> int:
        """Head and key slots; the files count for themselves."""
        return APPLICATION_HEAD_BYTES + blocks(KEY_BYTES * self.key_count * len(self.key_sets))


@dataclass
class Configuration:
    """What SetConfiguration changes."""

    format_disabled: bool = False
    random_id: bool = False
    ats: bytes | None = None
    default_key: Key = field(default_factory=Key)


@dataclass
class CardState:
    """The non-volatile memory."""

    silicon: Silicon
    picc: Application
    applications: dict[int, Application] = field(default_factory=dict)
    configuration: Configuration = field(default_factory=Configuration)
    memory_used: int = 0

    @property
    def memory_free(self) -> int:
        """Bytes that can still be given out. Deleting gives nothing back, only FormatPICC does."""
        return self.silicon.memory_bytes - self.memory_used


def factory(silicon: Silicon) -> CardState:
    """A card as it is delivered for AES use: PICC master key zero (AES), settings 0F, no application.

    Assumption: real EV2 cards are delivered with a DES master key and are switched to AES once with ChangeKey;
    the simulated stock has had that step, since no DES mode exists here.
    """
    picc = Application(aid=PICC_AID, settings=KeySettings(), key_count=1, key_sets=[KeySet([Key()], finalized=True)])
    return CardState(silicon=silicon, picc=picc)
