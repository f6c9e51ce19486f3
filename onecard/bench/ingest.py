"""How many events a second come in, end to end: from the journal of a gateway to rows that are committed and
acknowledged to it, every signature and every hash checked; beside a bare subscriber on the same broker and data base.

The floor is what anybody would write: one message an event, QoS 1, rows inserted in batches, acknowledged after the
commit. It checks nothing, knows no order and keeps one index. Both take turns; the ratio is the median of the pairs.
"""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from onecard.bench.aside import aside
from onecard.bench.figures import rounded
from onecard.bench.ingest_box import BoxPlan, BoxReport, a_tap, fill, run_box
from onecard.bench.ingest_floor import BareReport, publish_bare, run_bare
from onecard.bench.ingest_hall import COMMUNITY, HallPlan, HallReport, run_hall
from onecard.bench.services import DATABASES, broker
from server.services.keys.keystore import from_secrets, new_secrets

RATIO_GOAL: Final = 0.5
ROUNDS: Final = 3
END_TIMEOUT_S: Final = 60

Tell = Callable[[str], None]
_spawn = multiprocessing.get_context("spawn")


def run(databases: Sequence[str], events: int, tell: Tell) -> dict[str, Any]:
    """The report; a table for each kind of data base. `events` a round."""
    found = {name: measure(name, events, tell) for name in databases}
    met = all(figures["ratio"] >= RATIO_GOAL for figures in found.values())
    return {"ingest": found, "events": events, "goal_met": met}


def measure(database: str, events: int, tell: Tell) -> dict[str, Any]:
    """One kind of data base."""
    names = [f"bench-{number}" for number in range(ROUNDS)]
    real, bare, server_us, bare_us, box_us = [], [], [], [], []
    with (
        DATABASES[database]() as url,
        broker() as port,
        TemporaryDirectory(prefix="onecard-bench-") as folder,
        hall(url, port, names) as server,
    ):
        for name in names:
            tell(f"{database} {name}")
            floor = run_floor(url, port, events)
            before = server.report().cpu_s
            report = bring(Path(folder) / name, server, name, events)
            real.append(report.per_s)
            bare.append(floor.events / floor.seconds)
            server_us.append((server.report().cpu_s - before) / events * 1e6)
            bare_us.append(floor.cpu_s / events * 1e6)
            box_us.append(report.cpu_s / events * 1e6)
    return {
        "events_per_s": rounded(median(real)),
        "bare_events_per_s": rounded(median(bare)),
        "ratio": rounded(median(a / b for a, b in zip(real, bare, strict=True))),
        "server_cpu_us_per_event": rounded(median(server_us)),
        "bare_cpu_us_per_event": rounded(median(bare_us)),
        "gateway_cpu_us_per_event": rounded(median(box_us)),
    }


class Hall:
    """The server's process, from outside."""

    def __init__(self, pipe: Connection, seeds: Mapping[str, bytes], server_key: bytes, port: int) -> None:
        self._pipe = pipe
        self.seeds, self.server_key, self.port = seeds, server_key, port

    def report(self) -> HallReport:
        """Processor time since it is ready, and the alarms that it told."""
        self._pipe.send("report")
        found: HallReport = self._pipe.recv()
        return found


@contextmanager
def hall(url: str, port: int, names: Sequence[str]) -> Iterator[Hall]:
    """A server that knows these gateways."""
    secrets = new_secrets(COMMUNITY, os.urandom)
    seeds = {name: os.urandom(32) for name in names}
    with aside(run_hall, HallPlan(url, port, secrets, seeds)) as pipe:
        assert pipe.recv() == "ready"
        yield Hall(pipe, seeds, from_secrets(secrets).server.verifier.public_bytes, port)
        pipe.send("stop")


def bring(folder: Path, server: Hall, name: str, events: int, alarm_every_s: float = 0.0) -> BoxReport:
    """Fill a journal and bring it to the server."""
    folder.mkdir()
    fill(folder, name, events)
    plan = BoxPlan(folder, name, server.seeds[name], server.server_key, server.port, events, alarm_every_s)
    with aside(run_box, plan) as pipe:
        report: BoxReport = pipe.recv()
    return report


def run_floor(url: str, port: int, events: int) -> BareReport:
    """The floor."""
    wall_ms = time.time_ns() // 1_000_000
    bodies = [a_tap(n, wall_ms).to_bytes() for n in range(events)]
    with aside(run_bare, url, port, events) as subscriber:
        assert subscriber.recv() == "ready"
        publisher = _spawn.Process(target=publish_bare, args=(port, bodies), daemon=True)
        publisher.start()
        report: BareReport = subscriber.recv()
        publisher.join(END_TIMEOUT_S)
        publisher.kill()
        publisher.join()
    return report
