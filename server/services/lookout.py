"""A thread that looks at something now and then; a look that fails is logged, and the next one comes."""

import threading
from collections.abc import Callable

import structlog

STOP_TIMEOUT_S = 10.0

_log = structlog.get_logger()


class Lookout:
    """One thread, one look after the other."""

    def __init__(self, name: str, look: Callable[[], object], every_s: float) -> None:
        self._name, self._look, self._every_s = name, look, every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin with a look."""
        self._thread.start()

    def stop(self) -> None:
        """End after the look that is under way."""
        self._stopping.set()
        self._thread.join(STOP_TIMEOUT_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except Exception:
                _log.exception("look_failed", of=self._name)
            self._stopping.wait(self._every_s)
