"""What stands in the cell of a list of residents or houses: as people and Excel write it -> as we keep it. Pure."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

EXACT_BELOW = 10**15
"""Whole numbers from here on have lost digits when a spreadsheet took them for a number."""

HOUSE_MAX_CHARS = 40
TAG_MAX_CHARS = 20
TAGS_MAX = 12

_HOUSE_WORDS = re.compile(r"(号楼|号房|幢|栋|棟|座|楼|单元|門|门|室|房|号|#|—|–|－|/|\\|\.|_)")
_HOUSE = re.compile(r"^[0-9A-Z㐀-鿿]{1,12}(-[0-9A-Z]{1,8}){1,4}$")
_HOUSE_BEGUN = re.compile(r"^[0-9A-Z㐀-鿿]{0,11}[0-9A-Z](-[0-9A-Z]{1,8}){0,4}-?$")
_WHOLE_PART = re.compile(r"(号楼|幢|栋|棟|座|楼|单元|-)$")
"""A building or an entrance is meant, and not one whose number begins so."""

_AS_DATE = re.compile(r"^(19|20)\d\d[-/]\d{1,2}[-/]\d{1,2}( 00:00(:00)?)?$")
_AS_FLOAT = re.compile(r"^\d(\.\d+)?e\+?\d+$", re.IGNORECASE)
_MONTHS = re.compile(r"^(\d{1,2}-)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(-\d{1,4})?$", re.IGNORECASE)
_MONTH_ZH = re.compile(r"^\d{1,4}年\d{1,2}月(\d{1,2}日)?$|^\d{1,2}月\d{1,2}日$")
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^0\d{2,3}[2-9]\d{6,7}$|^[2-9]\d{6,7}$")
_TAIL = re.compile(r"^\d{4}$")
_BETWEEN_TAGS = re.compile(r"[,，;；、|/]+")


class CellFlaw(StrEnum):
    """Why a cell is not what its column says."""

    PHONE_RUINED = "phone-ruined"
    PHONE_FORM = "phone-form"
    HOUSE_DATE = "house-date"
    HOUSE_FORM = "house-form"


def text_of(cell: Any) -> str:
    """A cell as a spreadsheet library gives it -> text. Numbers that have lost digits stay visibly numbers."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        whole = float(cell).is_integer() and abs(cell) < EXACT_BELOW
        return str(int(cell)) if whole else repr(float(cell)).upper()
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return clean(str(cell))


def clean(text: str) -> str:
    """One line, without control characters and the spaces around."""
    flat = "".join(" " if c.isspace() or unicodedata.category(c) == "Cc" else c for c in text)
    return " ".join(flat.replace("\ufeff", "").split())


def phone_tail(text: str) -> str | CellFlaw:
    """The last four digits of a telephone number, or the four digits themselves; "" for nothing."""
    if _AS_FLOAT.match(text):
        return CellFlaw.PHONE_RUINED
    digits = re.sub(r"[\s()（）+'‘’-]", "", unicodedata.normalize("NFKC", text))
    if not digits or _TAIL.match(digits):
        return digits
    national = digits.removeprefix("0086").removeprefix("86") if len(digits) > 11 else digits
    return national[-4:] if _MOBILE.match(national) or _LANDLINE.match(national) else CellFlaw.PHONE_FORM


def house_code(text: str) -> str | CellFlaw:
    """3幢1单元502室, ３－１－502 or 3-1-502 -> 3-1-502; "" for nothing."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if not plain:
        return ""
    if _AS_DATE.match(plain) or _MONTHS.match(plain) or _MONTH_ZH.match(plain):
        return CellFlaw.HOUSE_DATE
    parted = _HOUSE_WORDS.sub("-", plain)
    code = re.sub(r"-+", "-", "".join(parted.split())).strip("-")
    return code if len(code) <= HOUSE_MAX_CHARS and _HOUSE.match(code) else CellFlaw.HOUSE_FORM


def house_kept(text: str) -> str:
    """A house as we keep it: its code when it has one, else what was written (a worker's 警务室)."""
    code = house_code(text)
    return text if isinstance(code, CellFlaw) else code


def house_beginning(text: str) -> str:
    """How the codes of a building, an entrance or a house begin: 3幢 -> 3-, 3幢1单元 -> 3-1-, 3-1-5 as it is."""
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    begun = re.sub(r"-+", "-", _HOUSE_WORDS.sub("-", plain)).lstrip("-")
    if not _WHOLE_PART.search(plain):
        begun = begun.rstrip("-")
    return begun if _HOUSE_BEGUN.match(begun) else text.strip()


def tags_of(text: str) -> list[str]:
    """独居、高龄 -> [独居, 高龄]: each once, in order, at most TAGS_MAX of at most TAG_MAX_CHARS."""
    parts = (clean(part)[:TAG_MAX_CHARS] for part in _BETWEEN_TAGS.split(text))
    return list(dict.fromkeys(part for part in parts if part))[:TAGS_MAX]
