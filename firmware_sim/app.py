"""The person's program: orders come in as lines, answers and reports go out as lines, until ``stop``, the end
of the input, or SIGTERM."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

import structlog

from firmware_sim.config import SimConfig
from firmware_sim.orders import MAX_ORDER_CHARS, Stop, parse
from firmware_sim.person import Person, Report

log = structlog.get_logger()


class _Terminated(Exception):
    """SIGTERM or SIGINT arrived while we waited for an order."""


class _Lines:
    """Writes one JSON object a line; a reader that is gone is no reason to fall over."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = threading.Lock()

    def write(self, report: Report) -> None:
        with self._lock:
            try:
                self._out.write(json.dumps(report, ensure_ascii=False) + "\n")
                self._out.flush()
            except (OSError, ValueError):
                log.warning("report lost", report_event=report.get("event"))


def run(config: SimConfig, orders: TextIO, reports: TextIO) -> None:
    """Serve until told to stop. ``OSError`` when a field cannot be opened (a taken UDP port).

    Call it from the main thread to have SIGTERM and SIGINT end it cleanly.
    """
    lines = _Lines(reports)
    person = Person(config, lines.write)
    lines.write(person.ready())
    try:
        with _signals():
            _serve(person, orders, lines)
    except _Terminated:
        log.info("told to end by a signal")
    finally:
        person.close()
        lines.write({"event": "bye"})


def _serve(person: Person, orders: TextIO, lines: _Lines) -> None:
    while line := orders.readline(MAX_ORDER_CHARS + 2):
        if not line.strip():
            continue
        order = parse(line)
        if isinstance(order, str):
            lines.write({"event": "refused", "reason": order})
            continue
        person.obey(order)
        if isinstance(order, Stop):
            return


@contextmanager
def _signals() -> Iterator[None]:
    """Turn the two polite signals into the end of the loop, and put the old handlers back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise _Terminated

    old = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
