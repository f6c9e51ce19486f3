"""Money in words: fen as yuan, and yuan as people type them."""

import re

_YUAN = re.compile(r"^(\d{1,6})(?:[.,。](\d{1,2}))?$")


def yuan(fen: int) -> str:
    """12.05, or −12.05 with a real minus sign."""
    sign = "\u2212" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def money(fen: int) -> str:
    """¥12.05, or −¥12.05."""
    return ("\u2212" if fen < 0 else "") + "¥" + yuan(abs(fen))


def fen_of(text: str) -> int:
    """Yuan as somebody types them (50, 50.5, 50.50) -> fen; ValueError when it is no amount."""
    found = _YUAN.match(text.strip().removesuffix("元").strip())
    if found is None:
        raise ValueError(text)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
