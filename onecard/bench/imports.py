"""How long a list of residents from Excel takes until it is taken over, and who waits meanwhile; beside a bare insert.

A process serves and takes the list over as the page does: read, kept, dry run, taken over, taken back. Meanwhile
somebody taps ten times a second, and somebody else asks for a page again and again from here. The floor is what anybody
would write: the workbook read by the same library and its rows put into one table in one transaction, nothing checked.
"""

import io
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
from python_calamine import CalamineWorkbook

from onecard.bench.application import COOKIE
from onecard.bench.aside import aside
from onecard.bench.figures import percentile, rounded
from onecard.bench.imports_list import workbook
from onecard.bench.imports_office import Done, run_office
from onecard.bench.pages_walk import PLAIN
from onecard.bench.services import DATABASES
from server.tables.engine import make_engine
from server.tables.migrate import migrate

ROWS: Final = 20_000
GOAL_S: Final = 60.0
"""For the dry run, and for the taking over."""
ASK_EVERY_S: Final = 0.05
ANSWER_TIMEOUT_S: Final = 60.0

Tell = Callable[[str], None]


def run(databases: Sequence[str], rows: int, tell: Tell) -> dict[str, Any]:
    """The report: a row for each kind of data base."""
    tell("list ")
    written = workbook(rows)
    found = {}
    for name in databases:
        tell(f"{name} ")
        found[name] = measure(name, written)
    bare_s = bare(written)
    slowest = max(max(row["dry_run_s"], row["take_over_s"]) for row in found.values())
    return {"imports": found, "rows": rows, "bare_s": rounded(bare_s), "goal_met": slowest < GOAL_S}


def measure(database: str, written: bytes) -> dict[str, Any]:
    """One list on one kind of data base."""
    with DATABASES[database]() as url:
        engine = make_engine(url)
        migrate(engine)
        engine.dispose()
        with aside(run_office, url, written) as office:
            port, secret = office.recv()
            idle = _pages_ms(port, secret, lambda: False, 40)
            office.send("begin")
            busy = _pages_ms(port, secret, office.poll, None)
            done: Done = office.recv()
            office.send("end")
    return {
        "counts": done.counts,
        **{f"{step}_s": rounded(took) for step, took in done.took_s.items()},
        "cpu_s": rounded(done.cpu_s),
        "grown_mib": rounded(done.grown_mib),
        "idle_page_p95_ms": rounded(percentile(idle, 95)),
        "page_p95_ms": rounded(percentile(busy, 95)),
        "page_max_ms": rounded(max(busy)),
        "tap_p95_ms": rounded(percentile(done.taps_ms, 95)),
        "tap_max_ms": rounded(max(done.taps_ms)),
    }


def _pages_ms(port: int, secret: str, over: Callable[[], bool], count: int | None) -> list[float]:
    """How long a page takes, asked for until it is over, or so many times."""
    took_ms: list[float] = []
    headers = {"Cookie": f"{COOKIE}={secret}"}
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=ANSWER_TIMEOUT_S) as browser:
        while not over() and (count is None or len(took_ms) < count):
            began = time.monotonic()
            browser.get(PLAIN).raise_for_status()
            took_ms.append((time.monotonic() - began) * 1000)
            time.sleep(ASK_EVERY_S)
    return took_ms


def bare(written: bytes) -> float:
    """The floor [s]."""
    with TemporaryDirectory(prefix="onecard-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db")
        connection.execute("CREATE TABLE people (name, house, phone, id_number, kind, tags)")
        began = time.monotonic()
        rows = CalamineWorkbook.from_filelike(io.BytesIO(written)).get_sheet_by_index(0).to_python()
        with connection:
            connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)", rows)
        took_s = time.monotonic() - began
        connection.close()
    return took_s
