"""How many decisions a second one core makes, and how much memory they take, by the number of cards in the book.

For each size a policy book is written as the gateway writes it; then a process of its own opens it as a point does
and decides on cards drawn at random from all of them, so that no cache can know the next one. The floor in the same
process: the bare look-up of the same rows by their key. A sample of both is taken in turn. Seconds are
seconds of one core (the processor time of the process): what else the machine does meanwhile is not counted.
"""

import gc
import multiprocessing
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from card_protocol.policy.decider import decide
from card_protocol.policy.rules import AccessLevel, CardEntry, PolicyHead
from card_protocol.words.card import CardState
from card_protocol.words.ids import ulid_from_bytes
from card_protocol.words.moment import ClockQuality, Moment, local_ms
from card_protocol.words.point import Assurance, Direction, Point, PointKind
from card_protocol.words.schedule import HOLIDAY, Interval, Schedule
from card_protocol.words.verdict import Presentation
from gateway.drivers.book_file import BookFile
from gateway.drivers.book_schema import CARD_BY_ID, CARDS_GLOB, connect_cards
from gateway.drivers.book_writer import BookWriterFile

SIZES: Final = (10_000, 100_000, 1_000_000)
SAMPLES: Final = 9
WARM_UP_DECISIONS: Final = 2_000

PER_S_GOAL: Final = 50_000
SLOWDOWN_GOAL: Final = 1.3
RSS_GOAL_MIB: Final = 200

COMMUNITY: Final = "330105009012"
DOORS: Final = 20
NOW: Final = Moment(wall_ms=local_ms(date(2026, 9, 30), 600), mono_ns=0, boot="bench", clock=ClockQuality.SERVER)

Question = tuple[Presentation, str]
"""Who presents, and at which door."""

Tell = Callable[[int], None]
"""The number of cards that is measured next."""


@dataclass(frozen=True)
class DecideFigures:
    """One size. Medians of the samples; the memory is the process's high-water mark."""

    cards: int
    per_s: int
    bare_per_s: int
    rss_mib: int
    granted_share: float


def run(sizes: Sequence[int], decisions: int, tell: Tell) -> dict[str, Any]:
    """The report: a row for each size, and whether the goals are met. `decisions` a sample."""
    rows = []
    for cards in sizes:
        tell(cards)
        with TemporaryDirectory(prefix="onecard-bench-") as folder:
            write_book(Path(folder), cards)
            rows.append(_in_its_own_process(Path(folder), cards, decisions))
    slowdown = round(max(rows[0].per_s / row.per_s for row in rows), 2)
    met = all(row.per_s >= PER_S_GOAL and row.rss_mib <= RSS_GOAL_MIB for row in rows) and slowdown <= SLOWDOWN_GOAL
    return {"decide": [asdict(row) for row in rows], "slowdown": slowdown, "goal_met": met}


def write_book(folder: Path, cards: int) -> None:
    """A policy of a community with so many cards, as the gateway's daemon stages and flips it."""
    writer = BookWriterFile(folder)
    try:
        writer.flip(writer.stage(_head(cards), _cards(cards), "bench"))
    finally:
        writer.close()


def measure(folder: Path, cards: int, decisions: int) -> DecideFigures:
    """Decide in this process: `decisions` a sample, each sample on other cards drawn from all."""
    dice = random.Random(cards)  # noqa: S311 - which card comes next is no secret
    books = BookFile(folder)
    seconds, bare_seconds, granted = [], [], 0
    try:
        _decide_all(books, _questions(dice, cards, WARM_UP_DECISIONS))
        with closing(_bare(folder)) as bare:
            for _ in range(SAMPLES):
                questions = _questions(dice, cards, decisions)
                # The questions are the bench's, not the point's: the collector need not walk over them. They hold
                # no cycle, so they go without it, and nothing is ever thawed.
                gc.collect()
                gc.freeze()
                began = time.process_time()
                granted += _decide_all(books, questions)
                decided = time.process_time()
                for shown, _door in questions:
                    bare.execute(CARD_BY_ID, (shown.card_id,)).fetchone()
                seconds.append(decided - began)
                bare_seconds.append(time.process_time() - decided)
    finally:
        books.close()
    return DecideFigures(
        cards=cards,
        per_s=round(decisions / statistics.median(seconds)),
        bare_per_s=round(decisions / statistics.median(bare_seconds)),
        rss_mib=_high_water_mib(),
        granted_share=round(granted / (decisions * SAMPLES), 3),
    )


def table(report: dict[str, Any], *, chinese: bool = False) -> str:
    """Markdown: one row a size."""
    heads = (
        ("卡数", "每核秒判定", "裸查询每秒", "内存 MiB")
        if chinese
        else ("cards", "per core second", "bare look-ups", "RSS MiB")
    )
    rows = [(row["cards"], row["per_s"], row["bare_per_s"], row["rss_mib"]) for row in report["decide"]]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in (heads, ("---",) * len(heads), *rows))


def _decide_all(books: BookFile, questions: Sequence[Question]) -> int:
    granted = 0
    for shown, door in questions:
        granted += decide(shown, door, books.current(), NOW).granted
    return granted


def _in_its_own_process(folder: Path, cards: int, decisions: int) -> DecideFigures:
    """Spawned, not forked: its memory is its own from the beginning."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, folder, cards, decisions).result()


def _bare(folder: Path) -> sqlite3.Connection:
    (file,) = folder.glob(CARDS_GLOB)
    return connect_cards(file)


def _questions(dice: random.Random, cards: int, count: int) -> list[Question]:
    drawn = [(dice.randrange(cards), dice.randrange(DOORS)) for _ in range(count)]
    return [(_presentation(number), f"door-{door}") for number, door in drawn]


def _presentation(number: int) -> Presentation:
    return Presentation(uid=f"{number:014X}", assurance=Assurance.CARD, card_id=_card_id(number))


def _card_id(number: int) -> str:
    # Spread over the whole key space, as the random part of a ULID is.
    return ulid_from_bytes((number * 0x9E3779B97F4A7C15 % 2**63).to_bytes(16, "big"))


def _cards(count: int) -> Iterator[CardEntry]:
    for number in range(count):
        yield CardEntry(
            card_id=_card_id(number),
            uid=f"{number:014X}",
            holder=f"{number:016X}",
            state=CardState.SUSPENDED if number % 50 == 0 else CardState.ACTIVE,
            valid_from_ms=0,
            valid_to_ms=NOW.wall_ms + 1,
            levels=(f"level-{number % DOORS}", "everywhere"),
        )


def _head(cards: int) -> PolicyHead:
    doors = [
        Point(
            id=f"door-{n}", kind=PointKind.DOOR, name_zh="门", name_en="Door", area=f"area-{n}", direction=Direction.IN
        )
        for n in range(DOORS)
    ]
    by_day = tuple(Interval(day=day, start=360, end=1320) for day in range(HOLIDAY + 1))
    own = [_level(f"level-{n}", n + 1, {f"door-{n}", f"door-{(n + 1) % DOORS}"}) for n in range(DOORS)]
    return PolicyHead(
        version=1,
        community=COMMUNITY,
        issued_ms=0,
        expires_ms=NOW.wall_ms + 1,
        rev_seq=0,
        points=tuple(doors),
        levels=(*own, _level("everywhere", DOORS + 1, {door.id for door in doors[: DOORS // 2]})),
        schedules=(Schedule(id="by-day", name_zh="白天", name_en="By day", intervals=by_day),),
        cards=cards,
    )


def _level(name: str, number: int, points: set[str]) -> AccessLevel:
    return AccessLevel(
        id=name, number=number, name_zh="权限", name_en="Level", points=frozenset(points), schedule="by-day"
    )


def _high_water_mib() -> int:
    """The most memory this process ever had. From /proc, because `getrusage` counts the parent's before the exec."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) // 1024
    raise OSError("/proc/self/status does not tell VmHWM")
