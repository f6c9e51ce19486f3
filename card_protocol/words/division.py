"""Administrative divisions: 12-digit codes after GB/T 10114 and the statistical division codes (统计用区划代码).

Digits: 2 province, 2 city, 2 district, 3 street, 3 community. Zeros below a level say "the whole unit".
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator


class Level(StrEnum):
    """The four levels of administration (市 区 街道 社区), highest first."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"


_DIGITS = {Level.CITY: 4, Level.DISTRICT: 6, Level.STREET: 9, Level.COMMUNITY: 12}
CODE_DIGITS = 12


def level_of(code: str) -> Level:
    """The level a code stands for; ValueError says what is wrong with one that stands for none."""
    if len(code) != CODE_DIGITS or not (code.isascii() and code.isdigit()):
        raise ValueError(f"a division code has 12 digits, not {code[:20]!r}")
    if code[2:4] == "00":
        raise ValueError(f"{code} names a province; onecard starts at the city")
    if code[0] == "0":
        raise ValueError(f"{code} lies in no province: their codes begin at 11")
    level = next(level for level, digits in _DIGITS.items() if not code[digits:].strip("0"))
    _refuse_hole(code, _DIGITS[level])
    return level


def _refuse_hole(code: str, digits: int) -> None:
    """A street needs a district above it: 330100009000 would be a street of no district."""
    starts = [start for start in (0, *_DIGITS.values()) if start < digits]
    for start, end in zip(starts, [*starts[1:], digits], strict=True):
        if not code[start:end].strip("0"):
            raise ValueError(f"{code} names a unit below an empty level (digits {start + 1} to {end})")


def parent_of(code: str) -> str | None:
    """The code one level up; None for a city."""
    levels = list(Level)
    index = levels.index(level_of(code))
    if index == 0:
        return None
    return code[: _DIGITS[levels[index - 1]]].ljust(CODE_DIGITS, "0")


def lineage(code: str) -> tuple[str, ...]:
    """From the city down to the unit itself."""
    parent = parent_of(code)
    return (code,) if parent is None else (*lineage(parent), code)


def covers(unit: str, other: str) -> bool:
    """Whether `other` is the unit itself or lies inside it."""
    return unit in lineage(other)


def _checked(code: str) -> str:
    level_of(code)
    return code


DivisionCode = Annotated[str, AfterValidator(_checked)]
