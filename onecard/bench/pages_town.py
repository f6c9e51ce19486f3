"""The invented people of `onecard bench pages`: who they are by their number, and what that is as rows.

Everything about a person follows from their number, so that nobody need be remembered: a benchmark of millions makes
them one by one, streams them, and can ask for any of them later. Names are drawn as names are in Hangzhou: a few
surnames hold a third of the people. A hundred million rows are made in minutes: what a row costs is counted in tenths
of microseconds here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from card_protocol.words.event import EventKind
from onecard.bench.ingest_box import a_tap
from server.services.people.houses import sort_key
from server.services.people.name_keys import keys_of

COMMUNITY: Final = "330105009012"
GATEWAY: Final = "bench-1"
LEVEL: Final = "residents"
EPOCH: Final = "00000000000000e1"
POINTS: Final = 8
LIVE_TOGETHER: Final = 3
ROOMS: Final = 120
"""Of a building: 2 entrances, 30 floors of 2."""
EVENTS_MAX: Final = 1_000_000
FIRST_LINE: Final = 1_000
"""Of the trail: before it stands what founding the community wrote."""
YEAR_MS: Final = 365 * 86_400_000
TAPS_MS: Final = 20 * 86_400_000
"""The taps are of the last so many days."""

_SURNAMES: Final = (
    "王王王王李李李李张张张刘刘陈陈杨杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单"
)
_FIRST: Final = "秀建桂志玉国淑海文雪永丽春美德晓金立月伟爱长素一巧新彩子慧阿宝正若法浩荷关雨"
_SECOND: Final = "英国兰明珍强芬燕斌梅康华生玲福东凤新娥民根琴鸣云荣虹涵敏毛珠平曦水然花林桐军"
_OF_SURNAMES, _FIRSTS, _SECONDS = len(_SURNAMES), len(_FIRST), len(_SECOND)
_ALONE: Final = ("独居",)


class Person(NamedTuple):
    """One of them."""

    number: int
    name: str
    house: str
    phone_tail: str
    tags: tuple[str, ...]

    @property
    def id(self) -> str:
        """Of the person, and of their card."""
        return id_of(self.number)

    @property
    def uid(self) -> str:
        """Of their card's chip."""
        return uid_of(self.number)


_GOLDEN: Final = 0x9E3779B97F4A7C15
"""Odd, so that different numbers stay different; 2^64 by the golden ratio, so that they scatter."""


def spread(number: int, salt: int) -> int:
    """64 bits: dice without memory (the finaliser of splitmix64)."""
    value = (number * _GOLDEN + salt * 0xD1B54A32D192ED03) % 2**64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
    return value ^ value >> 31


def id_of(number: int) -> str:
    """A ULID: people were entered one after the other. Hexadecimal digits are digits of base 32 too."""
    return f"01{number:08X}{number * _GOLDEN % 2**64:016X}"


def uid_of(number: int) -> str:
    """The chip of somebody's card."""
    return f"04{number:012X}"


@lru_cache(LIVE_TOGETHER)
def house_of(flat: int) -> str:
    """The code of a flat by its number."""
    building, room = divmod(flat, ROOMS)
    return f"{building + 1}-{room % 2 + 1}-{room // 4 + 1}{room // 2 % 2 + 1:02}"


def person(number: int) -> Person:
    """Who has this number."""
    dice = spread(number, 2)
    given = _FIRST[dice // 200 % _FIRSTS] + (_SECOND[dice // 9000 % _SECONDS] if dice % 7 else "")
    name = _SURNAMES[dice // 7 % _OF_SURNAMES] + given
    return Person(
        number, name, house_of(number // LIVE_TOGETHER), f"{dice >> 50 & 0x1FFF:04}", _ALONE if dice % 97 == 0 else ()
    )


NAMES_MAX: Final = 200_000
"""More than there are: a name comes again and again, and its sounds are half of the work."""
_name_keys = lru_cache(NAMES_MAX)(lambda name: keys_of(name, "", ""))
_house_keys = lru_cache(LIVE_TOGETHER)(lambda house: keys_of("", house, ""))


def found_by(one: Person) -> frozenset[str]:
    """Every key of a person: the same as `keys_of`, faster."""
    rest = keys_of("", "", one.phone_tail, one.tags) if one.tags else {one.phone_tail}
    return _name_keys(one.name) | _house_keys(one.house) | rest


@dataclass(frozen=True)
class Town:
    """So many people."""

    people: int
    now_ms: int

    @property
    def flats(self) -> int:
        """Houses of the list."""
        return -(-self.people // LIVE_TOGETHER)

    @property
    def taps(self) -> int:
        """Events that have come in."""
        return min(self.people, EVENTS_MAX)

    @property
    def first_tap_ms(self) -> int:
        """When the first of them came in."""
        return self.now_ms - TAPS_MS


HOLDER_COLUMNS: Final = (
    "id", "pseudonym", "org", "kind", "name", "house", "phone_tail", "tags", "created_ms", "changed_ms",
)  # fmt: skip
CARD_COLUMNS: Final = (
    "id", "number", "uid", "state", "org", "holder_id", "valid_from_ms", "valid_to_ms", "issued_ms", "grant_serial",
    "grant_to_ms", "key_version", "changed_seq", "created_ms", "changed_ms",
)  # fmt: skip
AUDIT_COLUMNS: Final = ("id", "at_ms", "actor", "action", "subject", "before", "after", "why", "hash")
EVENT_COLUMNS: Final = (
    "id", "gateway_id", "epoch", "seq", "body", "hash", "kind", "point", "card_id", "holder", "reason", "wall_ms",
    "clock", "received_ms",
)  # fmt: skip

Rows = Iterator[tuple[Any, ...]]


def rows_of(town: Town) -> dict[str, tuple[Sequence[str], Callable[[range], Rows], int]]:
    """Table -> (columns, rows of a range of numbers, how many numbers)."""
    now, times = town.now_ms, (town.now_ms - YEAR_MS, town.now_ms - YEAR_MS)

    def holders(numbers: range) -> Rows:
        for one in map(person, numbers):
            pseudonym = f"{one.number:016X}"
            tags = '["独居"]' if one.tags else "[]"
            yield one.id, pseudonym, COMMUNITY, "resident", one.name, one.house, one.phone_tail, tags, *times

    def keys(numbers: range) -> Rows:
        for one in map(person, numbers):
            holder_id = one.id
            for key in found_by(one):
                yield key, holder_id

    def houses(flats: range) -> Rows:
        for flat in flats:
            code = house_of(flat)
            yield house_id(flat), COMMUNITY, code, sort_key(code), "", *times

    def households(flats: range) -> Rows:
        for flat in flats:
            yield _household_id(flat), house_id(flat), "owner", times[0]

    def members(numbers: range) -> Rows:
        for number in numbers:
            yield _household_id(number // LIVE_TOGETHER), id_of(number), "", times[0]

    def cards(numbers: range) -> Rows:
        for n in numbers:
            one, state = id_of(n), "lost" if n % 1000 == 7 else "active"
            yield (
                one, n + 1, uid_of(n), state, COMMUNITY, one, times[0], now + YEAR_MS, times[0], 0, 0, 1, n + 1, *times
            )  # fmt: skip

    def levels(numbers: range) -> Rows:
        for n in numbers:
            yield id_of(n), LEVEL

    def trail(numbers: range) -> Rows:
        for n in numbers:
            yield FIRST_LINE + n, times[0], "user:admin", "holder.add", f"holder:{id_of(n)}", "{}", "{}", "", "0" * 64

    return {
        "holder": (HOLDER_COLUMNS, holders, town.people),
        "holder_key": (("key", "holder_id"), keys, town.people),
        "house": (("id", "org", "code", "sort_key", "note", "created_ms", "changed_ms"), houses, town.flats),
        "household": (("id", "house_id", "tenure", "since_ms"), households, town.flats),
        "household_member": (("household_id", "holder_id", "relation", "from_ms"), members, town.people),
        "card": (CARD_COLUMNS, cards, town.people),
        "card_level": (("card_id", "level_id"), levels, town.people),
        "event": (EVENT_COLUMNS, lambda numbers: taps(town, numbers), town.taps),
        "audit": (AUDIT_COLUMNS, trail, town.people),
    }


def taps(town: Town, numbers: range) -> Rows:
    """Taps of everybody in turn, over the last month."""
    for number in numbers:
        who = spread(number, 6) % town.people
        at_ms = town.first_tap_ms + number * 1000 % TAPS_MS
        card_id, holder, point = id_of(who), f"{who:016X}", f"door-{number % POINTS}"
        reason, body = _SAID[number % REFUSED_EVERY == 0]
        said = body % {"card": card_id, "holder": holder, "point": point, "mono": number * 1_000_000, "wall": at_ms}
        yield (
            number + 1, GATEWAY, EPOCH, number + 1, said.encode(), _NO_HASH, _TAP, point, card_id, holder, reason,
            at_ms, "ntp", at_ms,
        )  # fmt: skip


def _said(number: int) -> tuple[str, str]:
    """Reason of a tap, and its bytes as a text with gaps: a word is made, checked and written once for all."""
    word = a_tap(number, 0)
    text = word.to_bytes().decode()
    for value, gap in (
        (f'"{word.card_id}"', '"%(card)s"'), (f'"{word.holder}"', '"%(holder)s"'), (f'"{word.point}"', '"%(point)s"'),
        (f'"mono_ns":{word.mono_ns}', '"mono_ns":%(mono)d'), (f'"wall_ms":{word.wall_ms}', '"wall_ms":%(wall)d'),
    ):  # fmt: skip
        text = text.replace(value, gap)
    return word.reason.value if word.reason else "", text


REFUSED_EVERY: Final = 20
"""As `a_tap` has it."""
_SAID: Final = {False: _said(1), True: _said(REFUSED_EVERY)}
_NO_HASH: Final = bytes(32)
_TAP: Final = EventKind.TAP.value


def house_id(flat: int) -> str:
    """Of a flat by its number."""
    return f"00{flat:08X}{flat * _GOLDEN % 2**64:016X}"


@lru_cache(LIVE_TOGETHER)
def _household_id(flat: int) -> str:
    return f"00{flat:08X}{(flat + 1) * _GOLDEN % 2**64:016X}"
