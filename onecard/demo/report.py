"""What the day came to: counted from the two databases, journal and server, never from counters."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean, quantiles
from typing import Any, NamedTuple

from card_protocol.words.event import Event, EventKind
from edge.core.tap import ROUND_TRIPS


class Fact(NamedTuple):
    """One event as a database holds it."""

    epoch: str
    seq: int
    hash: bytes
    body: bytes


@dataclass(frozen=True)
class Report:
    """The report of a run. Seconds and milliseconds are real ones; None where nothing was measured."""

    reader_stack: str
    points: int
    taps: int
    granted: int
    refused: dict[str, int]
    journal_events: int
    server_events: int
    lost: int
    duplicated: int
    events_during_outage: int
    resync_s: float | None
    revoke_to_refusal_s: float | None
    tap_ms: dict[str, float]
    round_trips_per_tap: float | None
    stories: dict[str, int]
    """What came of the stories (onecard.demo.script); `refused`, `undone`: deeds that the server would not have, and
    that the day ended before."""

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Measured:
    """What the databases cannot know: when the stage was dark, and how long a revocation took."""

    outage_wall_ms: tuple[int, int] | None = None
    resync_s: float | None = None
    revoke_to_refusal_s: float | None = None
    tap_ms: Sequence[float] = ()
    stories: dict[str, int] = field(default_factory=dict)
    since_ms: int = 0
    """When the played day began: older taps were laid into the journal (onecard.demo.past)."""


def journal_facts(box: Path) -> list[Fact]:
    """Every event of every journal file of the box, those that were set aside included."""
    facts: list[Fact] = []
    for path in sorted(box.glob("journal-*.db")):
        with closing(_reading(path)) as connection:
            (epoch,) = connection.execute("SELECT epoch FROM journal").fetchone()
            rows = connection.execute("SELECT seq, hash, body FROM event ORDER BY seq")
            facts += [Fact(epoch, seq, digest, body) for seq, digest, body in rows]
    return facts


def server_facts(database: Path) -> list[Fact]:
    """Every event of the server's table."""
    with closing(_reading(database)) as connection:
        rows = connection.execute("SELECT epoch, seq, hash, body FROM event ORDER BY id")
        return [Fact(*row) for row in rows]


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)


def make_report(stack: str, points: int, journal: Sequence[Fact], server: Sequence[Fact], measured: Measured) -> Report:
    """Compare the two ends and count the taps of the server's."""
    taps = [event for event in _taps(server) if event.wall_ms >= measured.since_ms]
    reasons = Counter(event.reason for event in taps if event.reason is not None)
    granted = sum(count for reason, count in reasons.items() if reason.value == "granted")
    refused = {reason.value: count for reason, count in sorted(reasons.items()) if reason.value != "granted"}
    return Report(
        reader_stack=stack,
        points=points,
        taps=sum(reasons.values()),
        granted=granted,
        refused=refused,
        journal_events=len(journal),
        server_events=len(server),
        lost=len(set(journal) - set(server)),
        duplicated=len(server) - len({(fact.epoch, fact.seq) for fact in server}),
        events_during_outage=_between(journal, measured.outage_wall_ms),
        resync_s=_rounded(measured.resync_s),
        revoke_to_refusal_s=_rounded(measured.revoke_to_refusal_s),
        tap_ms=percentiles(measured.tap_ms),
        round_trips_per_tap=_round_trips(taps),
        stories=measured.stories,
    )


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50 and p99 [ms]; empty when there is too little to say."""
    if len(values) < 2:
        return {}
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2)}


def tap_times(log: Path) -> list[float]:
    """Milliseconds from the reader's first sight of a granted card to the unlock, as the edge logged them."""
    lines = (line for line in _log_lines(log) if line.get("reason") == "granted")
    return [line["seen_to_unlock_ms"] for line in lines if "seen_to_unlock_ms" in line]


def _log_lines(log: Path) -> Iterator[dict[str, Any]]:
    for text in log.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue  # a traceback, or a line that was cut short when its writer was killed
        if isinstance(line, dict) and line.get("event") == "tap":
            yield line


def _taps(facts: Sequence[Fact]) -> Iterator[Event]:
    for fact in facts:
        event = Event.from_bytes(fact.body)
        if event.kind is EventKind.TAP:
            yield event


def _between(facts: Sequence[Fact], span: tuple[int, int] | None) -> int:
    if span is None:
        return 0
    return sum(1 for fact in facts if span[0] <= Event.from_bytes(fact.body).wall_ms < span[1])


def _round_trips(taps: Sequence[Event]) -> float | None:
    """The mean over granted taps: a refused one may have ended earlier."""
    counts = [event.detail[ROUND_TRIPS] for event in taps if event.granted and ROUND_TRIPS in event.detail]
    return round(mean(int(count) for count in counts), 2) if counts else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
