"""What a reader on RS-485 sends for a card, as a UID. Source: SIA OSDP 2.2 § 7.12 (osdp_RAW)."""

from typing import Final

UID_BITS: Final = (32, 56, 80)
WIEGAND_26: Final = 26
WIEGAND_34: Final = 34


def uid_of(bits: int, data: bytes) -> str | None:
    """The number of a card in upper-case hex, or None for a format that holds none we know.

    32, 56 and 80 bits are the UID itself. Wiegand of 26 and 34 bits carries its lower 24 or 32 bits between two
    parity bits; one whose parity is wrong was garbled on the way. 24 bits are told with a zero byte in front.
    """
    if len(data) * 8 < bits or bits <= 0:
        return None
    value = int.from_bytes(data, "big") >> len(data) * 8 - bits
    if bits in UID_BITS:
        return value.to_bytes(bits // 8, "big").hex().upper()
    if bits in (WIEGAND_26, WIEGAND_34) and _parity_is_right(value, bits):
        return ((value >> 1) & (1 << bits - 2) - 1).to_bytes(4, "big").hex().upper()
    return None


def _parity_is_right(value: int, bits: int) -> bool:
    """The first half has even parity with the first bit, the second half odd parity with the last."""
    half = bits // 2
    first, second = value >> half, value & (1 << half) - 1
    return first.bit_count() % 2 == 0 and second.bit_count() % 2 == 1
