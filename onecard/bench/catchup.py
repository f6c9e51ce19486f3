"""How fast a gateway that was away brings its backlog, and how late an alarm is told meanwhile.

The rate is set beside that of an ordinary ingest on the same server in the same run. The alarms are journaled at the
gateway while its backlog is on the way; each is timed from there to the moment at which the server, after its
commit, tells it to the live pages. Both processes read the machine's one monotonic clock.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from onecard.bench.figures import percentile, rounded
from onecard.bench.ingest import Tell, bring, hall
from onecard.bench.services import DATABASES, broker

RATIO_GOAL: Final = 0.8
P99_GOAL_MS: Final = 500
ALARM_EVERY_S: Final = 0.2
INGEST_EVENTS: Final = 20_000


def run(database: str, events: int, tell: Tell) -> dict[str, Any]:
    """The report. RuntimeError when no alarm fell into the backlog: then it was too small."""
    with (
        DATABASES[database]() as url,
        broker() as port,
        TemporaryDirectory(prefix="onecard-bench-") as folder,
        hall(url, port, ("ingest", "catchup")) as server,
    ):
        tell("ingest")
        plain = bring(Path(folder) / "ingest", server, "ingest", min(events, INGEST_EVENTS))
        tell("catchup")
        long = bring(Path(folder) / "catchup", server, "catchup", events, ALARM_EVERY_S)
        told = server.report().alarms
    late_ms = [(told[key] - at) * 1000 for seq, at in long.alarms.items() if (key := ("catchup", seq)) in told]
    if not late_ms:
        raise RuntimeError(f"the backlog of {events} events was over before an alarm came")
    ingest_per_s, per_s = plain.per_s, long.per_s
    p99_ms = percentile(late_ms, 99)
    return {
        "database": database,
        "backlog_events": events,
        "events_per_s": rounded(per_s),
        "ingest_events_per_s": rounded(ingest_per_s),
        "ratio": rounded(per_s / ingest_per_s),
        "alarms": len(long.alarms),
        "alarms_told": len(late_ms),
        "p50_ms": rounded(percentile(late_ms, 50)),
        "p99_ms": rounded(p99_ms),
        "goal_met": per_s >= RATIO_GOAL * ingest_per_s and p99_ms < P99_GOAL_MS and len(late_ms) == len(long.alarms),
    }
