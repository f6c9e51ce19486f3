"""What a person can be found by: their name by characters, by sound and by initials; their house; their
telephone; their tags.

All keys of a person are looked up by their beginning, so a search is one walk along an index, however many people
there are. 单秀英 of 3-1-502 is found by 单秀, 秀英, shanxiu, xiuying, sxy, 3-1, 502. Pure.

Sounds are those of the Unihan data base as pypinyin carries them, without tones, ü as v (and as u). A character has
several: the first ones are taken, and for surnames those that surnames have (单 is Shàn, not Dān), beside the common.
"""

import itertools
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Names need no dictionary of phrases: it would cost 45 MB (documented switch of pypinyin).
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin.pinyin_dict import pinyin_dict

from server.services.people.cells import house_kept

KEY_MAX_CHARS = 32
READINGS_MAX = 2
SPELLINGS_MAX = 8
"""Of one name: every character with two readings doubles them. The last characters vary first."""

HAN_MAX_CHARS = 8
"""Characters of a name from which a search may begin."""

TOKENS_MAX = 4

_CARD_NUMBER = re.compile(r"^(?:(?:no\.?|第)\s*)?([1-9][0-9]{0,8})\s*(?:号卡?)?$", re.IGNORECASE)
"""With the words around it that the console writes (No. 41, 41 号)."""

_HOUSE_PART = re.compile(r"^([0-9A-Za-z]{1,8})(号楼|幢|栋|棟|座|楼|单元|室|房|号)$")
"""One number of a house with its word."""

SURNAMES: dict[str, str] = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "华": "hua",
    "朴": "piao", "翟": "zhai", "盖": "ge", "缪": "miao", "员": "yun", "黑": "he", "种": "chong", "秘": "bi",
    "乐": "yue", "召": "shao", "折": "she", "冼": "xian", "覃": "qin", "洗": "xian", "葛": "ge", "燕": "yan",
    "纪": "ji", "那": "na", "尹": "yin", "逄": "pang", "繁": "po", "牟": "mu", "隗": "kui", "晁": "chao",
    "车": "che", "宁": "ning", "于": "yu", "俞": "yu", "褚": "chu", "费": "fei", "柏": "bai", "臧": "zang",
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu",
}  # fmt: skip
"""Surnames whose sound as a surname is not always the first of the character."""


def keys_of(name: str, house: str, phone_tail: str, tags: Iterable[str] = ()) -> frozenset[str]:
    """Every key of a person, each of at most KEY_MAX_CHARS."""
    tagged = (_token(tag) for tag in tags)
    named = [_token(word) for word in name.split()]  # as a search for it comes out
    lives = _house_keys(normal(house_kept(house)))
    found = itertools.chain(_name_keys(normal(name)), named, _sound_keys(name), lives, [phone_tail], tagged)
    return frozenset(key[:KEY_MAX_CHARS] for key in found if key)


def tokens_of(text: str) -> list[str]:
    """What somebody typed, as beginnings of keys; all of them must fit. At most TOKENS_MAX.

    A house may be written as people say it (3幢1单元502室, 3幢), the number of a card as the console does (41 号).
    """
    number = card_number(text)
    tokens = (_token(part) for part in (text if number is None else str(number)).split())
    return [token[:KEY_MAX_CHARS] for token in tokens if token][:TOKENS_MAX]


def card_number(text: str) -> int | None:
    """The number of a card, if that is what somebody typed: 41, No. 41, 41 号. 0041 is the end of a telephone number.

    None for anything else.
    """
    found = _CARD_NUMBER.match(unicodedata.normalize("NFKC", text).strip())
    return int(found[1]) if found else None


def normal(text: str) -> str:
    """One form for full-width and half-width, upper and lower case."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def squeezed(text: str) -> str:
    """Letters, digits, and the dashes between the numbers of a house; no dots, spaces or quotes."""
    return "".join(c for c in text if c.isalnum() or c == "-").strip("-")


def is_han(character: str) -> bool:
    """Whether it is a Chinese character that has a sound."""
    return ord(character) in pinyin_dict


def _token(word: str) -> str:
    """A word as a beginning of keys; of a house the form in which we keep it."""
    number = _HOUSE_PART.match(unicodedata.normalize("NFKC", word))
    return squeezed(normal(number[1] if number else house_kept(word)))


def _name_keys(name: str) -> Iterator[str]:
    for word in name.replace("·", " ").replace("-", " ").split():
        yield squeezed(word)
        if any(is_han(c) for c in word):
            yield from (squeezed(word[start:]) for start in range(1, min(len(word), HAN_MAX_CHARS)))
    yield squeezed(name).replace("-", "")


def _sound_keys(name: str) -> Iterator[str]:
    for spelling in itertools.islice(itertools.product(*_readings(name)), SPELLINGS_MAX):
        for start in range(len(spelling)):
            yield "".join(spelling[start:])
        yield "".join(syllable[0] for syllable in spelling)


def _readings(name: str) -> list[tuple[str, ...]]:
    """Per Chinese character the sounds to be found by, the surname's first."""
    han = [c for c in name if is_han(c)][:HAN_MAX_CHARS]
    sounds = [sounds_of(c) for c in han]
    for length in (2, 1):
        surname = SURNAMES.get("".join(han[:length]))
        if surname is not None:
            for index, syllable in enumerate(surname.split()):
                others = [sound for sound in sounds[index] if sound != syllable]
                sounds[index] = (syllable, *others)[:READINGS_MAX]
            break
    return sounds


@lru_cache(maxsize=8192)
def sounds_of(character: str) -> tuple[str, ...]:
    """The sounds of a character without tones, commonest first, at most READINGS_MAX."""
    found: dict[str, None] = {}
    for reading in pinyin_dict[ord(character)].split(",")[:READINGS_MAX]:
        plain = _without_tone(reading)
        for spelling in (plain, plain.replace("v", "u")):
            if spelling:
                found.setdefault(spelling)
    return tuple(found)[:READINGS_MAX]


def _without_tone(reading: str) -> str:
    marked = unicodedata.normalize("NFD", unicodedata.normalize("NFC", reading).replace("ü", "v"))
    letters = (
        "v" if c == "u" and marked[i + 1 : i + 2] == "\u0308" else c for i, c in enumerate(marked) if c.isalpha()
    )
    return "".join(c for c in letters if c.isascii())


def _house_keys(house: str) -> Iterator[str]:
    """From the beginning, and from the beginning of each number: 3-1-502, 1-502, 502."""
    plain = squeezed(house)
    yield plain
    for index in range(1, len(plain)):
        if plain[index].isdigit() and not plain[index - 1].isdigit():
            yield plain[index:]
