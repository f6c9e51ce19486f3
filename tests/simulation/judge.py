"""What must be true of a town when everything has come to rest."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from card_protocol.words.event import EventKind
from tests.simulation.center import Facts, Key


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
    """Every event of every journal file that can be read."""
    for path in sorted(folder.glob("journal-*.db")):
        with closing(sqlite3.connect(path)) as connection:
            try:
                (epoch,) = connection.execute("SELECT epoch FROM journal").fetchone()
                rows = connection.execute("SELECT seq, body, hash FROM event ORDER BY seq").fetchall()
            except sqlite3.DatabaseError:
                continue
        yield from (Row(epoch, *row) for row in rows)


def numbers_on_disk(folder: Path, epoch: str | None = None) -> set[int]:
    """The numbers among them, or among those of one journal."""
    rows = (row for row in rows_on_disk(folder) if epoch in {None, row.epoch})
    return {number for row in rows if (number := number_in(row.body)) is not None}


def held(facts: Facts) -> dict[Key, tuple[bytes, bytes]]:
    """Events and dead letters in the order of their numbers."""
    return dict(sorted({**facts.events, **facts.dead}.items()))


def numbers_held(facts: Facts) -> Counter[int]:
    """How often the server holds each number."""
    return Counter(number for body, _ in held(facts).values() if (number := number_in(body)) is not None)


def doubled(facts: Facts, promised: Collection[int]) -> Iterator[str]:
    """None is there twice, under whatever key."""
    for number, times in numbers_held(facts).items():
        if times > 1 and number in promised:
            yield f"event {number} is there {times} times"


def disorder(facts: Facts) -> Iterator[str]:
    """In each journal numbers rise."""
    last: dict[str, int] = {}
    for (epoch, seq), (body, _) in held(facts).items():
        number = number_in(body)
        if number is None:
            continue
        if number <= last.get(epoch, 0):
            yield f"event {number} stands at {seq} of {epoch}, behind {last[epoch]}"
        last[epoch] = number


def gaps(facts: Facts) -> Iterator[str]:
    """Up to the watermark every seq is an event, a dead letter, or in a hole that a signed event tells of."""
    kept = held(facts)
    told = _told(facts)
    holes = {(epoch, seq) for epoch, first, last in facts.holes for seq in range(first, last + 1)}
    for epoch, watermark in facts.watermarks.items():
        for seq in range(1, watermark + 1):
            if (epoch, seq) in kept:
                continue
            if (epoch, seq) not in holes:
                yield f"{epoch}: {seq} is neither there nor in a hole, below the watermark {watermark}"
            elif (epoch, seq) not in told:
                yield f"{epoch}: the hole at {seq} is not told by any event"
    beyond = [(epoch, seq) for epoch, seq in kept if seq > facts.watermarks.get(epoch, 0)]
    if beyond:
        yield f"events behind the watermark: {beyond[:3]}"


def _told(facts: Facts) -> set[Key]:
    """All keys that some gap event names."""
    told: set[Key] = set()
    for (epoch, _), (body, _) in facts.events.items():
        plain = json.loads(body)
        if plain["kind"] == EventKind.GAP:
            detail = plain["detail"]
            span = range(detail["from_seq"], detail["to_seq"] + 1)
            told |= {(detail.get("epoch", epoch), seq) for seq in span}
    return told


def foreign(facts: Facts, folder: Path) -> Iterator[str]:
    """What the server holds under a key is what the box has there, to the byte."""
    kept = held(facts)
    for row in rows_on_disk(folder):
        there = kept.get((row.epoch, row.seq))
        if there is not None and there != (row.body, row.hash):
            yield f"{row.epoch}: {row.seq} is another event at the server"
