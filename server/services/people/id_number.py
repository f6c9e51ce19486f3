"""Citizens' identity numbers of the People's Republic of China (GB 11643-1999), 18 characters. Pure.

    330106 19500101 011 8        division of first registration · date of birth · order · check character
The check character is that of ISO 7064 MOD 11-2 over the seventeen digits before it; X stands for ten.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum

LENGTH_CHARS = 18
OLD_LENGTH_CHARS = 15
EXCEL_DIGITS = 15
"""How many digits of a number Excel keeps (IEEE 754 double, shown to 15): the others become zeros."""

_WEIGHTS = tuple(2**power % 11 for power in range(LENGTH_CHARS - 1, 0, -1))
_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83]
)
"""The first two digits (GB/T 2260); 83 and the others of Taiwan, Hong Kong and Macao are on residence permits."""

_FIRST_BIRTH = date(1890, 1, 1)
_AS_FLOAT = re.compile(r"^\d(\.\d+)?e\+?\d+$", re.IGNORECASE)
_WHOLE = re.compile(r"^\d{17}[\dX]$")


class IdFlaw(StrEnum):
    """Why a text is no identity number."""

    RUINED = "id-ruined"
    """A spreadsheet made a number of it: 3.301061950010113E+17, or 330106195001011000."""
    OLD = "id-old"
    """Fifteen digits: not valid since 2013-01-01."""
    FORM = "id-form"
    PLACE = "id-place"
    BIRTH = "id-birth"
    CHECK = "id-check"


def check_character(digits: str) -> str:
    """The eighteenth character of seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def plain(text: str) -> str:
    """Half-width, upper case, without spaces and the apostrophe that people type against Excel."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split()).lstrip("'‘’")


def flaw_of(text: str, today: date, *, typed: bool = False) -> IdFlaw | None:
    """What is wrong with a number as `plain` gives it; None when it can be one.

    Every eleventh ruined number has the right check character by accident, so one in a file that ends in 000 is
    refused whatever its check says; the one in a thousand that is real passes when somebody has `typed` it.
    """
    if _is_ruined(text, typed):
        return IdFlaw.RUINED
    if len(text) == OLD_LENGTH_CHARS and text.isascii() and text.isdigit():
        return IdFlaw.OLD
    if not text.isascii() or not _WHOLE.match(text):
        return IdFlaw.FORM
    if int(text[:2]) not in _PROVINCES:
        return IdFlaw.PLACE
    try:
        birth = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return IdFlaw.BIRTH
    if not _FIRST_BIRTH <= birth <= today:
        return IdFlaw.BIRTH
    return None if check_character(text[:17]) == text[17] else IdFlaw.CHECK


def _is_ruined(text: str, typed: bool) -> bool:
    if _AS_FLOAT.match(text):
        return True
    zeros = text.isascii() and text.isdigit() and len(text) == LENGTH_CHARS and text.endswith("000")
    return zeros and not (typed and check_character(text[:17]) == text[17])
