"""The ATR that a PC/SC reader makes up for a contactless chip (PC/SC part 3, 3.1.3.2.3)."""

from functools import reduce
from operator import xor

from firmware_sim.field.chip import Chip

HEAD = bytes.fromhex("8001")
STORAGE_CARD = bytes.fromhex("804F0CA000000306030001" + "00000000")
"""Historical bytes of a card below part 4: RID of the PC/SC workgroup, ISO 14443 A part 3, MIFARE Classic 1K."""
TA_TB_TC = (0x10, 0x20, 0x40)


def historical_bytes(ats: bytes) -> bytes:
    """What follows TA, TB and TC in an answer to select."""
    if len(ats) < 2:
        return b""
    interface_bytes = sum(1 for bit in TA_TB_TC if ats[1] & bit)
    return ats[2 + interface_bytes :]


def pcsc_atr(chip: Chip) -> bytes:
    """``3B 8n 80 01 <historical bytes> TCK``."""
    history = (historical_bytes(chip.ats) if chip.ats else STORAGE_CARD)[:15]
    body = bytes((0x80 | len(history),)) + HEAD + history
    return b"\x3b" + body + bytes((reduce(xor, body),))
