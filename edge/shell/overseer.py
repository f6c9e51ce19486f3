"""The threads of all points, and who looks after them: one that has ended or sits somewhere is replaced.

While all is well the watchdog is told so (sd_notify(3)); when a point cannot be helped, or a thread that all share has
ended, the program ends with EdgeFailed, and whoever started it starts it again. Doors keep their state over that.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import Moment
from edge.core.watch import WEDGED_MS, Finding, Watch
from edge.ports.recorder import Recorder
from edge.shell.tap_loop import Restarted, TapLoop

LOOK_EVERY_MS: Final = 1000
STOP_TIMEOUT_MS: Final = 5000
"""How long a point may take to notice that the daemon stops."""

_log = structlog.get_logger()

MakeLoop = Callable[[bool], TapLoop]
"""Another loop for the same point; True: its reader is known to be lost."""


class EdgeFailed(RuntimeError):
    """Something in here cannot be helped: end, so that whoever started us starts us again."""


class Worker(Protocol):
    """What all points need, a thread most of all."""

    def alive(self) -> bool:
        """Whether it is still there."""
        ...


@dataclass
class _Post:
    make: MakeLoop
    loop: TapLoop
    thread: threading.Thread
    began_ns: int
    watch: Watch = field(default_factory=Watch)


class Overseer:
    """`run` until `stop` is set."""

    def __init__(
        self,
        points: Mapping[str, MakeLoop],
        workers: Mapping[str, Worker],
        recorder: Recorder,
        now: Callable[[], Moment],
        well: Callable[[], None] = lambda: None,
    ) -> None:
        """`well` is called at every look at which nothing was wrong."""
        self._workers, self._recorder, self._now, self._well = dict(workers), recorder, now, well
        self._posts = {point: self._post(make, lost=False) for point, make in points.items()}

    def __len__(self) -> int:
        """How many points there are."""
        return len(self._posts)

    def add_worker(self, name: str, worker: Worker) -> None:
        """One more thread that all points need."""
        self._workers[name] = worker

    def restarter(self, point: str) -> Callable[[Restarted], None]:
        """Restarts the reader of a point, whichever thread serves it then."""

        def restart(told: Restarted) -> None:
            self._posts[point].loop.restart_reader(told)

        return restart

    def start(self) -> None:
        """All points begin."""
        for post in self._posts.values():
            post.began_ns = time.monotonic_ns()
            post.thread.start()

    def run(self, stop: threading.Event) -> None:
        """Blocks; EdgeFailed."""
        while not stop.wait(LOOK_EVERY_MS / 1000):
            self.look(time.monotonic_ns())
        for post in self._posts.values():
            post.thread.join(STOP_TIMEOUT_MS / 1000)
            if post.thread.is_alive():
                _log.error("point_does_not_stop", point=post.loop.point)

    def look(self, now_ns: int) -> None:
        """One look at everything; EdgeFailed."""
        if dead := [name for name, worker in self._workers.items() if not worker.alive()]:
            raise EdgeFailed(f"what all points need has ended: {', '.join(dead)}")
        for point, post in list(self._posts.items()):
            running = post.thread.is_alive()
            post.watch, finding = post.watch.look(post.loop.beat_ns, now_ns, post.began_ns, running=running)
            if finding is Finding.GIVE_UP:
                raise EdgeFailed(f"the reader of {point} does not come back")
            if finding is Finding.REPLACE:
                self._replace(point, post, running=running)
        self._well()

    def _replace(self, point: str, post: _Post, *, running: bool) -> None:
        why = f"the reader has not answered for {WEDGED_MS // 1000} s" if running else "its thread has ended"
        _log.error("point_replaced", point=point, why=why, tries=post.watch.tries)
        self._recorder.note(note_event(EventKind.READER_LOST, self._now(), point, why=why))
        # The device may be free again when it is closed under whoever sits in it; that may take for ever too.
        threading.Thread(target=post.loop.give_up, name=f"{point} given up", daemon=True).start()
        fresh = self._post(post.make, lost=True)
        fresh.watch, fresh.began_ns = post.watch, time.monotonic_ns()
        self._posts[point] = fresh
        fresh.thread.start()

    @staticmethod
    def _post(make: MakeLoop, *, lost: bool) -> _Post:
        loop = make(lost)
        return _Post(make, loop, threading.Thread(target=loop.run, name=loop.point, daemon=True), 0)
