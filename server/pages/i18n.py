"""The two languages of the console: choice, catalogues, and how times are said.

A msgid is the English sentence itself; both catalogues are complete (a test keeps it), so a missing sentence is
seen in the catalogue and not on a screen. Catalogues are compiled in memory at start from the .po files.
"""

import gettext
import io
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from card_protocol.words.moment import LOCAL_TIME

LOCALE_DIR = Path(__file__).resolve().parent.parent / "locale"
COOKIE = "onecard_language"
ACCEPT_MAX_ITEMS = 16


class Language(StrEnum):
    """A language of the console, by its catalogue's name."""

    ZH = "zh_CN"
    EN = "en"

    @property
    def tag(self) -> str:
        """The BCP 47 tag for `<html lang>`."""
        return "zh-CN" if self is Language.ZH else "en"

    @property
    def own_name(self) -> str:
        """What its speakers call it."""
        return "中文" if self is Language.ZH else "English"


def N_(text: str) -> str:
    """Mark a sentence for the catalogues; it is translated where it is shown."""
    return text


def choose(cookie: str | None, accept: str | None) -> Language:
    """The language of a request: the cookie's, else the best of Accept-Language (RFC 9110 § 12.5.4), else Chinese."""
    if cookie in set(Language):
        return Language(cookie)
    for tag in _by_preference(accept or ""):
        primary = tag.split("-")[0].lower()
        if primary == "zh":
            return Language.ZH
        if primary == "en":
            return Language.EN
    return Language.ZH


def _by_preference(accept: str) -> list[str]:
    ranked: list[tuple[float, str]] = []
    for item in accept.split(",")[:ACCEPT_MAX_ITEMS]:
        tag, _, quality = item.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            ranked.append((weight, tag.strip()))
    return [tag for _, tag in sorted(ranked, key=lambda pair: -pair[0])]


@cache
def catalogue(language: Language) -> gettext.GNUTranslations:
    """The compiled catalogue of a language."""
    source = LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as text:
        messages = read_po(text, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translator(language: Language) -> Callable[[str], str]:
    """Sentence -> the same in the language."""
    return catalogue(language).gettext


def local_time(wall_ms: int) -> str:
    """2026-03-01 06:12:09 in Asia/Shanghai: one form for both languages, as on a log sheet."""
    return _local(wall_ms).strftime("%Y-%m-%d %H:%M:%S")


def clock_time(wall_ms: int) -> str:
    """06:12:09, for lists that are of today."""
    return _local(wall_ms).strftime("%H:%M:%S")


def local_minute(wall_ms: int) -> str:
    """2026-03-01 06:12, for times that somebody has set: they are no finer."""
    return _local(wall_ms).strftime("%Y-%m-%d %H:%M")


def span(from_ms: int, to_ms: int) -> str:
    """2026-03-01 06:12 – 18:00; with the second date where it is another day."""
    end = local_minute(to_ms)
    return f"{local_minute(from_ms)} – {end[11:] if local_date(from_ms) == local_date(to_ms) else end}"


def when(wall_ms: int, now_ms: int) -> str:
    """The time alone for today, with its date before or after that."""
    return clock_time(wall_ms) if local_date(wall_ms) == local_date(now_ms) else local_time(wall_ms)


def local_date(wall_ms: int) -> str:
    """2026-03-01 in Asia/Shanghai."""
    return _local(wall_ms).strftime("%Y-%m-%d")


def _local(wall_ms: int) -> datetime:
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(LOCAL_TIME)
