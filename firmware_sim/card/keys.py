"""Keys, key sets and key settings.

Every application has an active key set and, when it was created so, further sets that are prepared beside it
and rolled in at once (EV2). Each key carries its own counters of failed authentications, which survive a loss
of power (NT4H2421Gx, "failed authentication counter": 50 in a row start the delay, 1000 in all lock the
key; the same construction as on EV2).
"""

from dataclasses import dataclass, field

KEY_BYTES = 16
ZERO_KEY = bytes(KEY_BYTES)
MASTER_KEY = 0
AES_KEY_TYPE = 0x80
"""Bits 7..6 of KeySett2 and, at PICC level, of the key number in ChangeKey."""
KEY_SET_AES = 0x02


@dataclass
class Key:
    """One AES-128 key with its version and its failure counters. The value never shows in a repr."""

    value: bytes = field(default=ZERO_KEY, repr=False)
    version: int = 0
    failures_in_row: int = 0
    failures_total: int = 0
    delays_left: int = 0

    def copy(self) -> "Key":
        """Value and version only; a copied key starts with clean counters."""
        return Key(self.value, self.version)


@dataclass
class KeySet:
    """``keys[n]`` is key n. Only a finalized set can be rolled in."""

    keys: list[Key]
    version: int = 0
    finalized: bool = False

    def copy(self) -> "KeySet":
        """A set with the same values, not finalized."""
        return KeySet([key.copy() for key in self.keys])


@dataclass
class KeySettings:
    """KeySett1, bit by bit (MF3ICDx21, ChangeKeySettings). Factory value 0x0F."""

    raw: int = 0x0F

    @property
    def master_changeable(self) -> bool:
        """Bit 0: the master key may still be changed."""
        return bool(self.raw & 0x01)

    @property
    def free_directory(self) -> bool:
        """Bit 1: listing and settings without the master key."""
        return bool(self.raw & 0x02)

    @property
    def free_create(self) -> bool:
        """Bit 2: create (application level: and delete) without the master key."""
        return bool(self.raw & 0x04)

    @property
    def settings_changeable(self) -> bool:
        """Bit 3: this byte may still be changed."""
        return bool(self.raw & 0x08)

    @property
    def change_key_right(self) -> int:
        """Bits 7..4: 0 the master key, 1..D that key, E the key itself, F frozen."""
        return self.raw >> 4


@dataclass(frozen=True)
class FailureLimits:
    """When failed authentications start to cost. The card has no clock, so the delay is counted in refused
    attempts: each answer ``AD`` spends one frame waiting time of it ("keep trying until full delay is spent",
    MF3ICDx21 on status AD)."""

    delay_after: int = 50
    lock_after: int = 1000
    longest_delay_attempts: int = 64
    forgiven_by_success: int = 10


def note_failure(key: Key, limits: FailureLimits) -> None:
    """Count one failed authentication with this key; past the limit it earns a delay that doubles."""
    key.failures_in_row = min(key.failures_in_row + 1, 255)
    key.failures_total += 1
    excess = key.failures_in_row - limits.delay_after
    if excess >= 0:
        key.delays_left = min(1 << min(excess, 16), limits.longest_delay_attempts)


def note_success(key: Key, limits: FailureLimits) -> None:
    """A good authentication clears the row and forgives part of the total."""
    key.failures_in_row = 0
    key.delays_left = 0
    key.failures_total = max(0, key.failures_total - limits.forgiven_by_success)


def locked(key: Key, limits: FailureLimits) -> bool:
    """True when the key refuses authentication for good (until it is changed with another key)."""
    return key.failures_total >= limits.lock_after
