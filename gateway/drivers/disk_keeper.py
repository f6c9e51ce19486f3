"""Looks after the disk: performs what `core.retention` decides."""

from collections.abc import Callable
from typing import NamedTuple

import structlog

from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import ClockQuality
from gateway.core import retention
from gateway.core.retention import DiskLevel, Effect, Keeper, Limits, Look
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.reserve import Reserve, Space
from gateway.ports.clock import Clock
from gateway.ports.journal import JournalUnavailable

LOOK_EVERY_NS = 10_000_000_000
LOOK_AGAIN_NS = 1_000_000_000
"""While there is room to be made: a chunk at a time, so that the doors never wait long for the journal."""

_AGE_KNOWN = frozenset({ClockQuality.RTC, ClockQuality.NTP, ClockQuality.SERVER})
_log = structlog.get_logger()


class DiskPorts(NamedTuple):
    """`acked` is the seq up to which the server holds the journal; `note` puts an event on record, soon if not now."""

    journal: JournalFile
    reserve: Reserve
    clock: Clock
    space: Callable[[], Space]
    acked: Callable[[], int]
    note: Callable[[Event], None]


class DiskKeeper:
    """Call `look` often; it does something every ten seconds, or every second while it makes room."""

    def __init__(self, limits: Limits, ports: DiskPorts) -> None:
        self._keeper = Keeper(limits)
        self._ports = ports
        self._next_ns = 0
        self.space = Space(0.0, 0)

    @property
    def level(self) -> DiskLevel:
        """How full it was at the last look."""
        return self._keeper.level

    def look(self) -> None:
        """Look when it is time. What the disk refuses is tried at the next look."""
        moment = self._ports.clock.now()
        if moment.mono_ns < self._next_ns:
            return
        try:
            self.space = self._ports.space()
            journal = self._ports.journal
            seen = Look(
                used=self.space.used,
                free_bytes=self.space.free_bytes,
                reserve=self._ports.reserve.exists(),
                floor_seq=journal.floor().seq,
                acked_seq=self._ports.acked(),
                head_seq=journal.head().seq,
                mono_ns=moment.mono_ns,
                wall_ms=moment.wall_ms,
                age_known=moment.clock in _AGE_KNOWN,
            )
            for effect in self._keeper.step(seen):
                self._perform(effect)
        except (JournalUnavailable, OSError) as error:
            _log.error("disk_not_kept", why=str(error))
        busy = self.level in {DiskLevel.PRUNE, DiskLevel.FULL}
        self._next_ns = moment.mono_ns + (LOOK_AGAIN_NS if busy else LOOK_EVERY_NS)

    def _perform(self, effect: Effect) -> None:
        journal, now = self._ports.journal, self._ports.clock.now
        match effect:
            case retention.TakeReserve():
                self._ports.reserve.make()
            case retention.ReleaseReserve():
                self._ports.reserve.release()
                _log.error("disk_full", reserve="released")
            case retention.PruneOlder():
                journal.prune_older(effect.wall_ms, effect.upto)
            case retention.PruneTo():
                journal.prune(effect.upto)
            case retention.DropTo():
                count = effect.upto - effect.from_seq + 1
                why = "the disk is full"
                span = {"from_seq": effect.from_seq, "to_seq": effect.upto, "count": count}
                gap = note_event(EventKind.GAP, now(), None, epoch=journal.head().epoch, why=why, **span)
                journal.prune(effect.upto, gap)
                _log.error("events_dropped", from_seq=effect.from_seq, to_seq=effect.upto)
            case retention.Tell():
                _log.warning("disk_low", level=effect.level.value, used_percent=effect.used_percent)
                detail = {"level": effect.level.value, "used_percent": effect.used_percent}
                self._ports.note(note_event(EventKind.DISK_LOW, now(), None, **detail))
