"""The system's clocks: wall, monotonic, boot id, and whether the kernel is synchronised."""

import ctypes
import time
from pathlib import Path

from card_protocol.words.moment import ClockQuality, Moment, PlayedDay
from gateway.core.timekeeping import Floor, Reading, start_floor, tell
from gateway.drivers.linked_file import write_atomically

BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")
_FLOOR_NAME = "clock"
SAVE_FLOOR_EVERY_NS = 60_000_000_000
_TIMEX_BYTES = 512
_TIME_ERROR = 5
_ASK_KERNEL_EVERY_NS = 10_000_000_000


class SystemClock:
    """See `gateway.ports.clock.Clock`. `played` shows another day for demonstrations; the floor is left alone then."""

    def __init__(self, state_dir: Path, played: PlayedDay | None = None) -> None:
        self._path = state_dir / _FLOOR_NAME
        self._played = played
        self._boot = BOOT_ID_FILE.read_text().strip()
        self._floor: Floor = start_floor(_read_floor(self._path), time.monotonic_ns())
        self._saved_ns = 0
        self._asked_ns = -_ASK_KERNEL_EVERY_NS
        self._synchronised = False

    def now(self) -> Moment:
        """See the port."""
        mono_ns = time.monotonic_ns()
        system_ms = time.time_ns() // 1_000_000
        if self._played is not None:
            wall_ms, quality = self._played.wall_ms(system_ms), ClockQuality.NTP
        else:
            wall_ms, quality = tell(Reading(system_ms, mono_ns, self._is_synchronised(mono_ns)), self._floor)
        return Moment(wall_ms=wall_ms, mono_ns=mono_ns, boot=self._boot, clock=quality)

    def keep(self) -> None:
        """Save the floor, once a minute. The daemon calls this every round."""
        mono_ns = time.monotonic_ns()
        if mono_ns - self._saved_ns >= SAVE_FLOOR_EVERY_NS:
            self._saved_ns = mono_ns
            self.save_floor()

    def save_floor(self) -> None:
        """Keep the time, so that a start with a dead battery does not go back behind it."""
        moment = self.now()
        if self._played is None and moment.clock is not ClockQuality.UNKNOWN:
            write_atomically(self._path, str(moment.wall_ms).encode())

    def _is_synchronised(self, mono_ns: int) -> bool:
        if mono_ns - self._asked_ns >= _ASK_KERNEL_EVERY_NS:
            self._asked_ns = mono_ns
            self._synchronised = _kernel_synchronised()
        return self._synchronised


def _kernel_synchronised() -> bool:
    """adjtimex(2) with no modes set changes nothing and returns TIME_ERROR while the clock is not disciplined."""
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    return 0 <= int(state) < _TIME_ERROR


def _read_floor(path: Path) -> int | None:
    """The persisted floor [ms]; None when there is none or the file is spoiled: the build time stands then."""
    try:
        return int(path.read_bytes()[:20])
    except (FileNotFoundError, ValueError):
        return None
