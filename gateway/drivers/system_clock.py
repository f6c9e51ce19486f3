"""The system's clocks: wall, monotonic, boot id, whether the kernel is synchronised; and what the server said.

All programs of the box share what is known in one small file, which only the daemon writes. The monotonic clock is
one for all processes of a boot (clock_gettime(2), CLOCK_MONOTONIC), so a bracket learnt by one holds for all.
"""

import ctypes
import os
import time
from pathlib import Path

import structlog

from card_protocol.words.base import Count, Line, Word
from card_protocol.words.moment import ClockQuality, Moment, PlayedDay, WallMs
from gateway.core.timekeeping import STEP_MS, Bracket, Floor, Reading, bracket_of, cut, start_floor, tell
from gateway.drivers.linked_file import write_atomically

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")
FILE_NAME = "clock"
SAVE_EVERY_NS = 60_000_000_000
LOOK_AT_FILE_EVERY_NS = 1_000_000_000
_ASK_KERNEL_EVERY_NS = 10_000_000_000
_TIMEX_BYTES = 512
_TIME_ERROR = 5
_log = structlog.get_logger()


class _Known(Word):
    """The file. The bracket counts for the boot in which it was learnt."""

    floor_ms: WallMs
    boot: Line
    low_us: int | None = None
    high_us: int | None = None
    at_ns: Count = 0


class Kernel:
    """What the machine itself knows of time; a simulation puts another in its place."""

    def wall_ns(self) -> int:
        """The wall clock, right or not [ns since 1970 UTC]."""
        return time.time_ns()

    def mono_ns(self) -> int:
        """Rises evenly while the machine runs [ns]."""
        return time.monotonic_ns()

    def boot(self) -> str:
        """Another one after every start of the machine."""
        return BOOT_ID_FILE.read_text().strip()

    def synchronised(self) -> bool:
        """Whether somebody disciplines the wall clock."""
        return _kernel_synchronised()


class SystemClock:
    """See `gateway.ports.clock.Clock`. `played` shows another day for demonstrations; the file is left alone then."""

    def __init__(self, state_dir: Path, played: PlayedDay | None = None, kernel: Kernel | None = None) -> None:
        self._path = state_dir / FILE_NAME
        self._played = played
        self._kernel = kernel or Kernel()
        self._boot = self._kernel.boot()
        self._server: Bracket | None = None
        self._file_stamp = 0
        self._looked_ns = self._saved_ns = self._kernel.mono_ns()
        known = self._read()
        self._floor: Floor = start_floor(known.floor_ms if known else None, self._kernel.mono_ns())
        self._asked_ns, self._asked_offset_ms = -_ASK_KERNEL_EVERY_NS, 0
        self._synchronised = False

    def now(self) -> Moment:
        """See the port."""
        mono_ns = self._kernel.mono_ns()
        system_ms = self._kernel.wall_ns() // 1_000_000
        if self._played is not None:
            wall_ms, quality = self._played.wall_ms(system_ms), ClockQuality.NTP
        else:
            if mono_ns - self._looked_ns >= LOOK_AT_FILE_EVERY_NS:
                self._looked_ns = mono_ns
                self._read()
            reading = Reading(system_ms, mono_ns, self._is_synchronised(system_ms, mono_ns))
            wall_ms, quality = tell(reading, self._floor, self._server)
        return Moment(wall_ms=wall_ms, mono_ns=mono_ns, boot=self._boot, clock=quality)

    def server_said(self, server_ms: int, sent_ns: int, received_ns: int) -> None:
        """A server's signed wall time [ms], between two readings of our monotonic clock [ns]. For the daemon alone."""
        new = bracket_of(server_ms, sent_ns, received_ns)
        if new is None or self._played is not None:
            return
        first = self._server is None
        self._server = cut(self._server, new)
        # A clock that was in the future has left a floor there; the server knows better.
        self._floor = Floor(min(self._floor.at(received_ns), server_ms), received_ns, persisted=True)
        if first:
            self.save()

    def keep(self) -> None:
        """Save what is known, once a minute. The daemon calls this every round."""
        mono_ns = self._kernel.mono_ns()
        if mono_ns - self._saved_ns >= SAVE_EVERY_NS:
            self.save()

    def save(self) -> None:
        """Keep time and bracket: a start with a dead battery does not go back behind it. For the daemon alone.

        What the disk does not take is tried again a minute later.
        """
        moment = self.now()
        self._saved_ns = moment.mono_ns
        if self._played is not None or moment.clock is ClockQuality.UNKNOWN:
            return
        known = _Known(floor_ms=moment.wall_ms, boot=self._boot)
        if self._server is not None:
            low, high, at = self._server
            known = known.model_copy(update={"low_us": low, "high_us": high, "at_ns": at})
        try:
            write_atomically(self._path, known.to_bytes())
            self._file_stamp = os.stat(self._path).st_mtime_ns
        except OSError as error:
            _log.error("clock_not_kept", why=str(error))

    def _read(self) -> _Known | None:
        """What the daemon wrote since the last look; None when there is nothing new, or it is spoiled."""
        try:
            stamp = os.stat(self._path).st_mtime_ns
            if stamp == self._file_stamp:
                return None
            self._file_stamp = stamp
            known = _Known.from_bytes(self._path.read_bytes())
        except (OSError, ValueError):
            return None
        if known.boot == self._boot and known.low_us is not None and known.high_us is not None:
            self._server = Bracket(known.low_us, known.high_us, known.at_ns)
        return known

    def _is_synchronised(self, system_ms: int, mono_ns: int) -> bool:
        """Asked now and then, and at once when the wall clock was set: it may not be disciplined any more."""
        offset_ms = system_ms - mono_ns // 1_000_000
        if mono_ns - self._asked_ns >= _ASK_KERNEL_EVERY_NS or abs(offset_ms - self._asked_offset_ms) > STEP_MS:
            self._asked_ns, self._asked_offset_ms = mono_ns, offset_ms
            self._synchronised = self._kernel.synchronised()
        return self._synchronised


def _kernel_synchronised() -> bool:
    """adjtimex(2) with no modes set changes nothing and returns TIME_ERROR while the clock is not disciplined."""
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    return 0 <= int(state) < _TIME_ERROR
