"""How fast a committed tap is on the guards' screens, with many of them open; beside a bare asyncio server.

A process serves, another listens with as many streams as asked (half of them in each language); the taps come at an
even pace. Late is from the moment when the commit is told to the moment when a listener has the bytes. Both servers
take turns in the same run, each with listeners of its own.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from onecard.bench.aside import aside
from onecard.bench.figures import rounded
from onecard.bench.live_crowd import CrowdPlan, CrowdReport, request, run_crowd
from onecard.bench.live_floor import run_floor
from onecard.bench.live_hall import LivePlan, Opened, Play, Played, run_hall

SUBSCRIBERS: Final = (200, 1000)
PER_S: Final = 50.0
SECONDS: Final = 20
BROWSERS: Final = 20
P99_GOAL_MS: Final = 250.0
CORES_GOAL: Final = 1.0
LANGUAGES: Final = ("zh_CN", "en")

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Sent:
    """One server with one crowd."""

    played: Played
    crowd: CrowdReport

    @property
    def cores(self) -> float:
        """Of the serving process."""
        return rounded(self.played.cpu_s / self.played.seconds)


def run(subscribers: Sequence[int], per_s: float, seconds: int, tell: Tell) -> dict[str, Any]:
    """The report: a row for each number of subscribers; the goal is judged at the largest."""
    rows = []
    for count in subscribers:
        tell(f"{count}")
        rows.append(measure(count, per_s, seconds))
    last = rows[-1]
    met = last["delivered_ratio"] == 1.0 and last["p99_ms"] < P99_GOAL_MS and last["cpu_cores"] <= CORES_GOAL
    return {"live": rows, "events_per_s": per_s, "seconds": seconds, "goal_met": met}


def measure(subscribers: int, per_s: float, seconds: int) -> dict[str, Any]:
    """So many subscribers at the real server, then at the bare one."""
    play = Play(round(per_s * seconds), per_s)
    with tempfile.TemporaryDirectory(prefix="onecard-bench-") as folder:
        plan = LivePlan(f"sqlite:///{Path(folder) / 'server.db'}", BROWSERS)
        with aside(run_hall, plan) as hall:
            ours = _sent(hall, subscribers, play)
    with aside(run_floor) as floor:
        bare = _sent(floor, subscribers, play)
    return {
        "subscribers": subscribers,
        "delivered_ratio": ours.crowd.delivered_ratio,
        "p50_ms": ours.crowd.p50_ms,
        "p99_ms": ours.crowd.p99_ms,
        "cpu_cores": ours.cores,
        "bare_delivered_ratio": bare.crowd.delivered_ratio,
        "bare_p99_ms": bare.crowd.p99_ms,
        "bare_cpu_cores": bare.cores,
    }


def _sent(server: Connection, subscribers: int, play: Play) -> Sent:
    opened: Opened = server.recv()
    requests = tuple(
        request(f"/live/stream?language={LANGUAGES[n % 2]}", f"onecard_session={cookie}" if cookie else "")
        for n, cookie in enumerate(opened.cookies)
    )
    with aside(run_crowd, CrowdPlan(opened.port, subscribers, requests)) as crowd:
        assert crowd.recv() == "ready"
        server.send(play)
        played: Played = server.recv()
        crowd.send(played.told)
        report: CrowdReport = crowd.recv()
    server.send("stop")
    return Sent(played, report)
