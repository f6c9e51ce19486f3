"""What must be true of a town when everything has come to rest."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from card_protocol.words.event import GENESIS, EventKind, chain_hash
from gateway.drivers import journal_schema as schema
from tests.gateway.world import GATEWAY
from tests.simulation.center import Facts, Key

CLONE_NUMBERS = 1_000_000
"""What a clone journals is nobody's promise."""

ROWS_MAX = 3000
ROTTEN = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a rotten file may raise; the second where SQLite quotes from it."""


class Row(NamedTuple):
    """An event in a journal file."""

    epoch: str
    seq: int
    body: bytes
    hash: bytes


def number_in(body: bytes) -> int | None:
    """The number that the town gave an event of its edge; None for the daemon's own."""
    plain = json.loads(body)
    found = plain.get("number") or plain.get("detail", {}).get("number")
    return found if isinstance(found, int) else None


def rows_on_disk(folder: Path) -> Iterator[Row]:
    """Every event of every journal file that can be read, and of a spoiled file those whose place is proven."""
    for path in sorted(folder.glob("journal-*.db")):
        epoch = path.stem.removeprefix("journal-")
        with closing(sqlite3.connect(path)) as connection:
            floor = _floor(connection)
            try:
                rows = connection.execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall()
            except ROTTEN:
                rows = list(_row_by_row(connection))
        yield from (Row(epoch, *row) for row in _proven(epoch, rows, floor))


def floors_on_disk(folder: Path) -> dict[str, int]:
    """Up to where each journal file says that it was pruned."""
    floors: dict[str, int] = {}
    for path in sorted(folder.glob("journal-*.db")):
        with closing(sqlite3.connect(path)) as connection:
            floors[path.stem.removeprefix("journal-")] = _floor(connection)[0]
    return floors


def _floor(connection: sqlite3.Connection) -> tuple[int, bytes]:
    """What was pruned before the first row, and its hash; the beginning when the file does not say."""
    try:
        who = schema.identity(connection, GATEWAY)
    except ROTTEN:
        return 0, GENESIS
    return who.floor_seq, who.floor_hash


def _row_by_row(connection: sqlite3.Connection) -> Iterator[tuple[int, bytes, bytes]]:
    for seq in range(1, ROWS_MAX):
        try:
            row = connection.execute("SELECT seq, body, hash FROM event WHERE seq = ?", (seq,)).fetchone()
        except ROTTEN:
            continue
        if row is not None:
            yield row


def _proven(
    epoch: str, rows: list[tuple[int, bytes, bytes]], floor: tuple[int, bytes]
) -> Iterator[tuple[int, bytes, bytes]]:
    """Those that follow from the row before them, or from the floor."""
    seq, previous = floor
    for row in rows:
        if not isinstance(row[1], bytes) or not isinstance(row[2], bytes):
            continue
        if row[0] == seq + 1 and chain_hash(GATEWAY, epoch, *row[:2], previous) == row[2]:
            yield row
        seq, previous = row[0], row[2]


def numbers_on_disk(folder: Path) -> set[int]:
    """The numbers among them."""
    return {number for row in rows_on_disk(folder) if (number := number_in(row.body)) is not None}


def held(facts: Facts) -> dict[Key, tuple[bytes, bytes]]:
    """Events and dead letters in the order of their numbers."""
    return dict(sorted({**facts.events, **facts.dead}.items()))


def numbers_held(facts: Facts) -> Counter[int]:
    """How often the server holds each number."""
    return Counter(number for body, _ in held(facts).values() if (number := number_in(body)) is not None)


def told_again(facts: Facts) -> dict[Key, Key]:
    """Events that were carried from one journal into another, as the signed notes before them say: new key -> old."""
    again: dict[Key, Key] = {}
    for (epoch, seq), (body, _) in facts.events.items():
        plain = json.loads(body)
        if plain["kind"] == EventKind.JOURNAL_DAMAGED and "count" in plain["detail"]:
            detail = plain["detail"]
            for index in range(detail["count"]):
                again[epoch, seq + 1 + index] = (detail["epoch"], detail["from_seq"] + index)
    return again


def doubled(facts: Facts, again: Collection[Key]) -> Iterator[str]:
    """None is there twice, under whatever key, but for copies that may be: `again`."""
    times = Counter(
        number
        for key, (body, _) in held(facts).items()
        if (number := number_in(body)) is not None and number < CLONE_NUMBERS and key not in again
    )
    yield from (f"event {number} is there {often} times" for number, often in times.items() if often > 1)


def disorder(facts: Facts) -> Iterator[str]:
    """In each journal numbers rise, but for what is told again there, or told by a clone."""
    last: dict[str, int] = {}
    again = told_again(facts)
    for (epoch, seq), (body, _) in held(facts).items():
        number = number_in(body)
        if number is None or number >= CLONE_NUMBERS or (epoch, seq) in again:
            continue
        if number <= last.get(epoch, 0):
            yield f"event {number} stands at {seq} of {epoch}, behind {last[epoch]}"
        last[epoch] = number


def holes_of(facts: Facts) -> set[Key]:
    """All keys in holes that signed batches declared."""
    return {(epoch, seq) for epoch, first, last in facts.holes for seq in range(first, last + 1)}


def gaps(facts: Facts, spoiled: Collection[str], declared: Collection[Key]) -> Iterator[str]:
    """Up to the watermark every seq is an event, a dead letter, or in a hole that a signed event tells of.

    `spoiled`: journals whose files rot, as signed events say. The event that tells of the hole may have rotted too.
    `declared`: holes that a signed batch declared while the disk was full, or before it went back: the event that tells
    of them may be lost.
    """
    kept = held(facts)
    told = gaps_told(facts) | set(declared)
    holes = holes_of(facts)
    for epoch, watermark in facts.watermarks.items():
        for seq in range(1, watermark + 1):
            if (epoch, seq) in kept:
                continue
            if (epoch, seq) not in holes:
                yield f"{epoch}: {seq} is neither there nor in a hole, below the watermark {watermark}"
            elif (epoch, seq) not in told and epoch not in spoiled:
                yield f"{epoch}: the hole at {seq} is not told by any event"
    beyond = [(epoch, seq) for epoch, seq in kept if seq > facts.watermarks.get(epoch, 0)]
    if beyond:
        yield f"events behind the watermark: {beyond[:3]}"


def gaps_told(facts: Facts) -> set[Key]:
    """All keys that some gap event names."""
    return set[Key]().union(*gap_events(facts).values())


def gap_events(facts: Facts) -> dict[Key, set[Key]]:
    """Where a gap event stands -> the keys that it names."""
    named = {key: keys_in_gap(body, key[0]) for key, (body, _) in facts.events.items()}
    return {key: keys for key, keys in named.items() if keys}


def keys_in_gap(body: bytes, epoch: str = "") -> set[Key]:
    """The keys that a gap event names; `epoch` is the journal in which it stands."""
    plain = json.loads(body)
    if plain["kind"] != EventKind.GAP:
        return set()
    detail = plain["detail"]
    return {(detail.get("epoch", epoch), seq) for seq in range(detail["from_seq"], detail["to_seq"] + 1)}


def called_damaged(facts: Facts) -> dict[Key, str]:
    """Where a signed event says that a journal's file was set aside -> that journal."""
    said: dict[Key, str] = {}
    for key, (body, _) in facts.events.items():
        plain = json.loads(body)
        if plain["kind"] == EventKind.JOURNAL_DAMAGED and "set_aside" in plain["detail"]:
            said[key] = plain["detail"]["set_aside"].removeprefix("journal-").removesuffix(".db")
    return said


def foreign(
    facts: Facts, folder: Path, moved_before: Collection[Key], heirs_rot: Collection[str] = ()
) -> Iterator[str]:
    """What the server holds under a key is what the box has there, to the byte, unless the box told it again.

    `moved_before`: keys that were told again in an earlier life of the server, in a place that is known to be gone.
    `heirs_rot`: journals of which nobody can say any more what was told again.
    """
    kept = held(facts)
    moved = {*told_again(facts).values(), *moved_before}
    for row in rows_on_disk(folder):
        there = kept.get((row.epoch, row.seq))
        if (
            row.epoch not in heirs_rot
            and there is not None
            and there != (row.body, row.hash)
            and (row.epoch, row.seq) not in moved
        ):
            yield f"{row.epoch}: {row.seq} is another event at the server"
