"""The invented people of `onecard bench pages`: who they are by their number, and how they get into a data base.

Everything about a person follows from their number, so that nobody need be remembered: a benchmark of millions makes
them one by one, streams them, and can ask for any of them later. Names are drawn as names are in Hangzhou: a few
surnames hold a third of the people.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Table, text

from card_protocol.words.event import EventKind
from card_protocol.words.ids import new_ulid
from onecard.bench.ingest_box import a_tap
from server.services.people.houses import sort_key
from server.services.people.name_keys import keys_of
from server.tables import Row
from server.tables.engine import is_sqlite

COMMUNITY: Final = "330105009012"
GATEWAY: Final = "bench-1"
LEVEL: Final = "residents"
EPOCH: Final = "00000000000000e1"
POINTS: Final = 8
LIVE_TOGETHER: Final = 3
ROOMS: Final = 120
"""Of a building: 2 entrances, 30 floors of 2."""
EVENTS_MAX: Final = 1_000_000
STREAM_PEOPLE: Final = 20_000
SORT_MEMORY: Final = "1GB"
"""For making the indexes of a town."""
FIRST_LINE: Final = 1_000
"""Of the trail: before it stands what founding the community wrote."""
YEAR_MS: Final = 365 * 86_400_000

_SURNAMES: Final = (
    "王王王王李李李李张张张刘刘陈陈杨杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单"
)
_FIRST: Final = "秀建桂志玉国淑海文雪永丽春美德晓金立月伟爱长素一巧新彩子慧阿宝正若法浩荷关雨"
_SECOND: Final = "英国兰明珍强芬燕斌梅康华生玲福东凤新娥民根琴鸣云荣虹涵敏毛珠平曦水然花林桐军"


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
        return f"04{self.number:012X}"


def spread(number: int, salt: int) -> int:
    """64 bits: dice without memory (the finaliser of splitmix64)."""
    value = (number * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03) % 2**64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
    return value ^ value >> 31


def id_of(number: int) -> str:
    """People were entered one after the other."""
    return new_ulid(1_600_000_000_000 + number, spread(number, 1).to_bytes(10, "big"))


def house_of(flat: int) -> str:
    """The code of a flat by its number."""
    building, room = divmod(flat, ROOMS)
    return f"{building + 1}-{room % 2 + 1}-{room // 4 + 1}{room // 2 % 2 + 1:02}"


def person(number: int) -> Person:
    """Who has this number."""
    dice = spread(number, 2)
    given = _FIRST[dice // 200 % len(_FIRST)] + (_SECOND[dice // 9000 % len(_SECOND)] if dice % 7 else "")
    tags = ("独居",) if dice % 97 == 0 else ()
    name = _SURNAMES[dice // 7 % len(_SURNAMES)] + given
    return Person(number, name, house_of(number // LIVE_TOGETHER), f"{spread(number, 3) % 10_000:04}", tags)


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
            one, state = person(n), "lost" if n % 1000 == 7 else "active"
            span = (times[0], now + YEAR_MS, times[0])
            yield one.id, n + 1, one.uid, state, COMMUNITY, one.id, *span, 0, 0, 1, n + 1, *times

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
        at_ms = town.now_ms - 20 * 86_400_000 + number * 1000 % (20 * 86_400_000)
        word = a_tap(number, at_ms - number).model_copy(update={"card_id": id_of(who), "holder": f"{who:016X}"})
        reason = word.reason.value if word.reason else None
        yield (
            number + 1, GATEWAY, EPOCH, number + 1, word.to_bytes(), bytes(32), EventKind.TAP.value, word.point,
            word.card_id, word.holder, reason, word.wall_ms, word.clock.value, at_ms,
        )  # fmt: skip


def house_id(flat: int) -> str:
    """Of a flat by its number."""
    return new_ulid(1_500_000_000_000 + flat, spread(flat, 4).to_bytes(10, "big"))


def _household_id(flat: int) -> str:
    return new_ulid(1_500_000_000_000 + flat, spread(flat, 5).to_bytes(10, "big"))


Tell = Callable[[str], None]


def settle(connection: Connection, town: Town, tell: Tell) -> None:
    """Stream everybody into an empty data base. On PostgreSQL by COPY, and the indexes are made afterwards."""
    for name, (columns, rows, count) in rows_of(town).items():
        began = time.monotonic()
        stream = _progress(name, rows, count, tell)
        if is_sqlite(connection):
            _insert(connection, Row.metadata.tables[name], columns, stream)
        else:
            _copy(connection, name, columns, stream)
        tell(f"{name}: {count:,} in {time.monotonic() - began:.0f} s\n")
    connection.execute(text("ANALYZE"))


def _progress(name: str, rows: Callable[[range], Rows], count: int, tell: Tell) -> Rows:
    for first in range(0, count, STREAM_PEOPLE):
        tell(f"{name}: {first:,} of {count:,}   ")
        yield from rows(range(first, min(first + STREAM_PEOPLE, count)))


def _insert(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(columns))
    # The names are of our own tables.
    statement = f"INSERT INTO {table.name} ({', '.join(_quoted(columns))}) VALUES ({marks})"  # noqa: S608
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.executemany(statement, rows)


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Without keys and indexes; they come back afterwards as they were."""
    later = _take_down(connection, table)
    connection.execute(text(f"SET LOCAL maintenance_work_mem = '{SORT_MEMORY}'"))
    raw: Any = connection.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(_quoted(columns))}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    for statement in later:
        connection.execute(text(statement))


def _take_down(connection: Connection, table: str) -> list[str]:
    """Drop foreign keys, and indexes that hold up no key of others; what brings them back.

    The keys of `event` stay: they belong to its months.
    """
    if table == "event":
        return []
    constraints = connection.execute(text(_CONSTRAINTS), {"table": table}).all()
    kept = set(connection.scalars(text(_HELD), {"table": table}))
    # What a foreign key points to was streamed right before: it is not looked up again.
    dropped = [
        (name, f"{definition} NOT VALID" if kind == "f" else definition)
        for name, kind, definition in constraints
        if kind == "f" or name not in kept
    ]
    for name, _ in dropped:
        connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    indexes = connection.execute(text(_INDEXES), {"table": table}).all()
    for name, _ in indexes:
        connection.execute(text(f'DROP INDEX "{name}"'))
    back = [definition for _, definition in indexes]
    return back + [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for name, definition in dropped]


_CONSTRAINTS = (
    "SELECT conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE conrelid = CAST(:table AS regclass) AND contype IN ('f', 'p', 'u') ORDER BY contype = 'f'"
)
_HELD = (
    "SELECT c.conname FROM pg_constraint f JOIN pg_constraint c ON c.conindid = f.conindid "
    "WHERE f.contype = 'f' AND c.contype <> 'f' AND c.conrelid = CAST(:table AS regclass)"
)
_INDEXES = (
    "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
    "LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u') "
    "WHERE i.indrelid = CAST(:table AS regclass) AND c.oid IS NULL"
)


def _quoted(columns: Sequence[str]) -> list[str]:
    return [f'"{column}"' for column in columns]
