"""How fast events become durable: the journal, alone and with company, beside bare SQLite on the same disk.

The floor is what any program would have to pay: one INSERT of the same bytes per transaction, WAL, synchronous=FULL.
Rounds of both take turns, so that a disk that is busy with something else is busy for both.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from card_protocol.words.event import GENESIS, Event, tap_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation, Verdict
from gateway.drivers.journal_file import JournalFile
from onecard.bench.figures import rounded

GATEWAY = "bench-1"
ROUNDS = 5
RATIO_GOAL = 0.7
GROUP_GOAL = 3.0

_MOMENT = Moment(wall_ms=1_790_000_000_000, mono_ns=123_456_789_012, boot="bench", clock=ClockQuality.NTP)
_CARD = "01JD0000000000000000000001"

Progress = Callable[[int, int], None]


class StillClock:
    """Always the same moment: what is measured is the journal."""

    def now(self) -> Moment:
        """See `gateway.ports.clock.Clock`."""
        return _MOMENT


def a_tap() -> Event:
    """A tap as a door journals it."""
    presentation = Presentation(uid="04112233445566", assurance=Assurance.CARD, card_id=_CARD)
    verdict = Verdict(
        reason=Reason.GRANTED,
        point="south-gate-in",
        card_id=_CARD,
        holder="00112233445566AA",
        level="residents",
        policy_version=7,
    )
    return tap_event(presentation, verdict, _MOMENT)


def run(folder: Path, events: int, appenders: int, progress: Progress) -> dict[str, Any]:
    """Appends per second; `events` a round for one appender, `appenders` threads share as many each."""
    bare, journal = _Bare(folder / "bare.db"), JournalFile(folder, GATEWAY, StillClock())
    alone, together, floor = [], [], []
    for round_ in range(ROUNDS):
        floor.append(_per_s(events, bare.insert))
        alone.append(_per_s(events, journal.append))
        together.append(_per_s(events, journal.append, appenders))
        progress(round_ + 1, ROUNDS)
    assert journal.count() == ROUNDS * events * (1 + appenders)
    journal.close()
    bare.close()
    bare_per_s, per_s, group_per_s = median(floor), median(alone), median(together)
    return {
        "per_s": rounded(per_s),
        "bare_per_s": rounded(bare_per_s),
        "ratio": rounded(median(a / b for a, b in zip(alone, floor, strict=True))),
        "appenders": appenders,
        "group_per_s": rounded(group_per_s),
        "group_ratio": rounded(median(a / b for a, b in zip(together, alone, strict=True))),
        "events": ROUNDS * events,
        "event_bytes": len(a_tap().to_bytes()),
    }


class _Bare:
    """The floor."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB, hash BLOB) STRICT")
        self._body = a_tap().to_bytes()

    def insert(self, _: Event) -> None:
        self._connection.execute("INSERT INTO event (body, hash) VALUES (?, ?)", (self._body, GENESIS))

    def close(self) -> None:
        self._connection.close()


def _per_s(events: int, append: Callable[[Event], object], threads: int = 1) -> float:
    tap = a_tap()

    def work() -> None:
        for _ in range(events):
            append(tap)

    if threads == 1:
        began = time.perf_counter()
        work()
        return events / (time.perf_counter() - began)
    workers = [threading.Thread(target=work) for _ in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return events * threads / (time.perf_counter() - began)
