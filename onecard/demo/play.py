"""The play: a day of taps at its pace, an outage in the middle of it, and a card that is revoked and then tapped."""

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from card_protocol.words.moment import DAY_MS, MINUTE_MS, PlayedDay, local_day_and_minute
from onecard.demo.acts import REVOKED_RESIDENT, Outage, cut_the_line, revoke_and_tap, wait_for_sync
from onecard.demo.community import POINTS, UNIT_DOOR, Resident
from onecard.demo.day import DAY_STARTS_MIN, PlannedTap, plan_day
from onecard.demo.options import Options
from onecard.demo.report import Measured, Report, journal_facts, make_report, server_facts, tap_times
from onecard.demo.script import SCRIPT, counted
from onecard.demo.stage import Say, Stage, real_ms
from onecard.demo.stories import Stories

OUTAGE_AT = 0.3
REVOKE_AT = 0.7
"""Parts of the run. The revocation comes when the line is up again: it is not meant to test the outage."""

POLL_S = 0.02
QUEUE_MAX_TAPS = 64
"""People who wait at one point; more would go home."""

PROGRESS_EVERY_S = 5.0
ACT_TIMEOUT_S = 120.0
STORIES_TIMEOUT_S = 60.0
"""How long a day that is over waits for stories that are not."""


class Play:
    """One run on a stage that is set."""

    def __init__(self, stage: Stage, people: Sequence[Resident], options: Options, say: Say) -> None:
        self._stage = stage
        self._people = people
        self._options = options
        self._say = say
        self._over = threading.Event()
        self._waiting = {point.id: queue.Queue[PlannedTap](QUEUE_MAX_TAPS) for point in POINTS}
        self._lines: list[Future[None]] = []
        self._stories = Stories(stage.workers(), stage.hands(), say)
        self._told: Future[None] | None = None
        self.outage: Future[Outage] | None = None
        self.refusal: Future[float | None] | None = None

    def run(self, day: PlayedDay) -> Report:
        """Play until the time is up or `stop` is called; then what is under way comes to rest and is counted."""
        with ThreadPoolExecutor(max_workers=len(POINTS) + 3, thread_name_prefix="demo") as helpers:
            self._lines = [helpers.submit(self._stand_at, point.id) for point in POINTS]
            self._told = helpers.submit(self._stories.play, SCRIPT, day, real_ms, self._over)
            try:
                self._feed(day, helpers)
                self._finish_acts()
            finally:
                self._over.set()
        self._stories.close()
        self._come_to_rest()
        return self._report(day)

    def stop(self) -> None:
        """Come to the end early."""
        self._over.set()

    def _come_to_rest(self) -> None:
        """First nothing new may happen, then everything may arrive; only then is there something to count."""
        self._stage.edge.stop()
        wait_for_sync(self._stage)
        self._stage.gateway.stop()

    def _feed(self, day: PlayedDay, helpers: ThreadPoolExecutor) -> None:
        started = time.monotonic()
        options, stage = self._options, self._stage
        length_s = options.for_s if options.for_s is not None else 300
        taps = plan_days(self._people, options.seed, day)
        due_ms, tap = next(taps)
        told_s = -PROGRESS_EVERY_S
        while not self._over.wait(POLL_S):
            passed_s = time.monotonic() - started
            if options.for_s is not None and passed_s >= options.for_s:
                return
            self._check()
            while due_ms <= day.wall_ms(real_ms()):
                self._line_up(tap)
                due_ms, tap = next(taps)
            if options.outage_s and self.outage is None and passed_s >= OUTAGE_AT * length_s:
                self.outage = helpers.submit(cut_the_line, stage, day, options.outage_s, self._over, self._say)
            if self.refusal is None and passed_s >= REVOKE_AT * length_s and _settled(self.outage):
                self.refusal = helpers.submit(self._revoke)
            if passed_s - told_s >= PROGRESS_EVERY_S:
                told_s = passed_s
                self._progress(day)

    def _finish_acts(self) -> None:
        """The time is up; a short day may have none left for the acts, and they are what it is played for."""
        if self.outage is not None:
            self.outage.result(ACT_TIMEOUT_S)
        if self.refusal is None and not self._over.is_set():
            self.refusal = Future()
            self.refusal.set_result(self._revoke())
        self._finish_stories()

    def _finish_stories(self) -> None:
        deadline = time.monotonic() + STORIES_TIMEOUT_S
        while self._told is not None and not self._told.done() and time.monotonic() < deadline:
            self._check()
            if self._over.wait(POLL_S):
                return

    def _revoke(self) -> float | None:
        return revoke_and_tap(self._stage, self._people[REVOKED_RESIDENT].name, self._say)

    def _check(self) -> None:
        """ProgramFailed when a program has ended by itself, or the people at a point cannot go on."""
        self._stage.check()
        for line in [*self._lines, self._told]:
            if line is not None and line.done():
                line.result()

    def _line_up(self, tap: PlannedTap) -> None:
        if not self._waiting[tap.point].full():
            self._waiting[tap.point].put(tap)

    def _stand_at(self, point: str) -> None:
        """The people at one point, one behind the other."""
        waiting = self._waiting[point]
        while not self._over.is_set():
            try:
                tap = waiting.get(timeout=POLL_S * 10)
            except queue.Empty:
                continue
            self._stage.people.tap(tap.resident, point, tap.manner)
            if point == UNIT_DOOR.id and self._stage.door is not None:
                self._stage.door.walk_through()
            self._over.wait(POLL_S)  # a lock is not fair: who is not in this line must get to the reader too

    def _progress(self, day: PlayedDay) -> None:
        _, minute = local_day_and_minute(day.wall_ms(real_ms()))
        facts = len(server_facts(self._stage.folder.database))
        clock = f"{minute // 60:02d}:{minute % 60:02d}"
        self._say(f"{clock}  {facts} events at the server", f"{clock}  服务器已收到 {facts} 条事件")

    def _report(self, day: PlayedDay) -> Report:
        outage = self.outage.result(ACT_TIMEOUT_S) if self.outage else None
        folder = self._stage.folder
        measured = Measured(
            outage_wall_ms=outage.wall_ms if outage else None,
            resync_s=outage.resync_s if outage else None,
            revoke_to_refusal_s=self.refusal.result(ACT_TIMEOUT_S) if self.refusal else None,
            tap_ms=tap_times(self._stage.edge.log_path),
            stories=counted(folder.database)
            | {"refused": len(self._stories.refused), "undone": len(self._stories.undone)},
            since_ms=day.from_ms,
        )
        journal, server = journal_facts(folder.box), server_facts(folder.database)
        return make_report(self._options.reader.value, len(POINTS), journal, server, measured)


def plan_days(people: Sequence[Resident], seed: int, day: PlayedDay) -> Iterator[tuple[int, PlannedTap]]:
    """Day after day: (wall time [ms], tap), in order."""
    midnight_ms = day.from_ms - DAY_STARTS_MIN * MINUTE_MS
    number = 0
    while True:
        for tap in plan_day(people, seed + number):
            yield midnight_ms + number * DAY_MS + int(tap.minute * MINUTE_MS), tap
        number += 1


def _settled(act: "Future[Outage] | None") -> bool:
    return act is None or act.done()
