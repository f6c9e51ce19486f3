"""The server's side of `onecard bench imports`: the application, a list that is taken over, and taps meanwhile."""

import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from card_protocol.words.event import GENESIS
from onecard.bench.application import COMMUNITY, cookie, house_of, serving
from onecard.bench.live_hall import settle, tap
from onecard.logs import set_up_logs
from server.app import create_app
from server.services.house import House
from server.services.lists import import_run, import_undo, imports
from server.services.lists.import_columns import Subject
from server.services.lists.import_match import Status
from server.services.lists.sheets import read_file
from server.services.opening import transactions_on
from server.services.roles import Role
from server.services.work import SYSTEM, Transactions
from server.tables.engine import make_engine

TAP_EVERY_S = 0.1


@dataclass
class Done:
    """What the office did."""

    took_s: dict[str, float] = field(default_factory=dict)
    """Of each step, by its name."""
    cpu_s: float = 0.0
    grown_mib: float = 0.0
    """Beyond the greatest memory before."""
    counts: dict[str, int] = field(default_factory=dict)
    taps_ms: list[float] = field(default_factory=list)
    """How long each tap waited for its commit."""


def run_office(database_url: str, list_bytes: bytes, pipe: Connection) -> None:
    """In a process of its own: serve; at a word take the list over; at the next one end."""
    set_up_logs("bench", "error")
    engine = make_engine(database_url)
    transactions = transactions_on(engine)
    with transactions.work(SYSTEM) as work:
        settle(work)
    house = house_of(transactions)
    secret = cookie(transactions, "clerk", Role.ADMIN)
    with serving(create_app(house)) as port:
        pipe.send((port, secret))
        pipe.recv()
        with _tapping(transactions) as taps_ms:
            done = take_over(house, list_bytes)
        done.taps_ms = taps_ms
        pipe.send(done)
        pipe.recv()
    engine.dispose()


def take_over(house: House, list_bytes: bytes) -> Done:
    """Every step as the page does it."""
    done, cpu, peak = Done(), time.process_time(), _peak_mib()

    def timed(name: str, step: Callable[[], Any]) -> Any:
        began = time.monotonic()
        found = step()
        done.took_s[name] = time.monotonic() - began
        return found

    def kept() -> str:
        with house.transactions.work(SYSTEM) as work:
            return imports.create(work, COMMUNITY, Subject.PEOPLE, sheet, "residents.xlsx").id

    sheet = timed("read", lambda: read_file(list_bytes))
    list_id = timed("keep", kept)
    done.counts = timed("dry_run", lambda: import_run.check_all(house, SYSTEM, list_id, _step))
    agreed: dict[str, int] = {name: done.counts.get(name, 0) for name in (Status.NEW, Status.CHANGED)}
    timed("take_over", lambda: import_run.apply(house, SYSTEM, list_id, agreed, _step))
    timed("take_back", lambda: import_undo.undo(house.transactions, SYSTEM, list_id, _step))
    done.cpu_s, done.grown_mib = time.process_time() - cpu, _peak_mib() - peak
    return done


def _step(_done: int, _total: int) -> None:
    pass


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _tapping(transactions: Transactions) -> Iterator[list[float]]:
    """Somebody taps ten times a second; how long each commit took [ms]."""
    took_ms: list[float] = []
    over = threading.Event()

    def tapping() -> None:
        previous, seq = GENESIS, 0
        while not over.wait(TAP_EVERY_S):
            seq += 1
            began = time.monotonic()
            previous = tap(transactions, seq, time.time_ns() // 1_000_000, previous)
            took_ms.append((time.monotonic() - began) * 1000)

    thread = threading.Thread(target=tapping, daemon=True)
    thread.start()
    try:
        yield took_ms
    finally:
        over.set()
        thread.join()
