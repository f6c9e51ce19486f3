"""A thread that looks at something now and then; a look that fails is logged, and the next one comes."""

import threading
from collections.abc import Callable

import structlog

STOP_TIMEOUT_S = 10.0

_log = structlog.get_logger()


class Lookout:
    """One thread, one look after the other."""

    def __init__(self, name: str, look: Callable[[], object], every_s: float, *, first_s: float = 0.0) -> None:
        """`first_s`: how long the first look waits."""
        self._name, self._look, self._every_s, self._first_s = name, look, every_s, first_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the look that is under way."""
        self._stopping.set()
        self._thread.join(STOP_TIMEOUT_S)

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._stopping.wait(wait_s):
            wait_s = self._every_s
            try:
                self._look()
            except Exception:
                _log.exception("look_failed", of=self._name)
