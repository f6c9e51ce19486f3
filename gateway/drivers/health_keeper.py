"""Measures how the gateway is, keeps it in `health.json` for `onecard gateway status`, and renews a link that hangs."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import structlog
from pydantic import ValidationError

from card_protocol.errors import EquipmentFault
from card_protocol.words.event import Event, EventKind, note_event
from gateway.core.health import Vitals
from gateway.core.stall import StallWatch
from gateway.core.station import Station
from gateway.drivers.disk_keeper import DiskKeeper
from gateway.ports.clock import Clock
from gateway.ports.uplink import Uplink

FILE_NAME = "health.json"
MEASURE_EVERY_NS = 2_000_000_000
_MS_NS = 1_000_000
_log = structlog.get_logger()


class HealthPorts(NamedTuple):
    """What it looks at. `expires_ms` is when the policy in force expires."""

    gateway: str
    station: Station
    clock: Clock
    uplink: Uplink
    disk: DiskKeeper
    expires_ms: Callable[[], int]
    certificate_left_ms: Callable[[], int | None] = lambda: None
    note: Callable[[Event], None] = lambda _: None
    """Put it on record."""
    server_strange: Callable[[], bool] = lambda: False


class HealthKeeper:
    """Call `look` every round; it does something every two seconds."""

    def __init__(self, state_dir: Path, ports: HealthPorts) -> None:
        self._path = state_dir / FILE_NAME
        self._ports = ports
        now_ns = ports.clock.now().mono_ns
        self._started_ns = self._online_ns = now_ns
        self._stall = StallWatch(now_ns)
        self._measured_ns = now_ns - MEASURE_EVERY_NS
        self._expires: tuple[int, int] = (0, 0)
        self._heard_ms = self._recall_heard_ms()
        self.vitals: Vitals | None = None

    def look(self) -> None:
        """Measure when it is time. What cannot be measured or written now is tried again."""
        moment = self._ports.clock.now()
        if moment.mono_ns - self._measured_ns < MEASURE_EVERY_NS:
            return
        self._measured_ns = moment.mono_ns
        try:
            self.vitals = self._measure(moment.wall_ms, moment.mono_ns, moment.clock.value)
            fresh = self._path.with_name(f"{FILE_NAME}.new")
            # Not synced: it is worth nothing after a power cut.
            fresh.write_text(self.vitals.model_dump_json(), encoding="utf-8")
            os.replace(fresh, self._path)
        except (EquipmentFault, OSError) as error:
            _log.error("health_not_kept", why=str(error))

    def _measure(self, wall_ms: int, mono_ns: int, source: str) -> Vitals:
        station, disk = self._ports.station, self._ports.disk
        journals = station.journals
        if station.online:
            self._online_ns, self._heard_ms = mono_ns, wall_ms
        acked, head = journals.current.acked.seq, journals.head.seq
        if self._stall.step(online=station.online, acked_seq=acked, waiting=head - acked, mono_ns=mono_ns):
            stuck_ms = self._stall.stuck_ms(mono_ns)
            self._ports.note(note_event(EventKind.SYNC_STUCK, self._ports.clock.now(), stuck_ms=stuck_ms))
            self._ports.uplink.renew()
        if self._expires[0] != station.standing.version:
            self._expires = (station.standing.version, self._ports.expires_ms())
        return Vitals(
            gateway=self._ports.gateway,
            at_ms=wall_ms,
            mono_ms=mono_ns // _MS_NS,
            uptime_ms=(mono_ns - self._started_ns) // _MS_NS,
            online=station.online,
            offline_ms=(mono_ns - self._online_ns) // _MS_NS,
            phase=journals.current.phase.value,
            head_seq=head,
            acked_seq=acked,
            stuck_ms=self._stall.stuck_ms(mono_ns),
            policy_version=station.standing.version,
            policy_expires_ms=self._expires[1],
            rev_seq=station.standing.rev_seq,
            certificate_left_ms=self._ports.certificate_left_ms(),
            keys_oldest=station.keys.oldest,
            keys_newest=station.keys.newest,
            keys_until_ms=station.keys.until_ms,
            server_strange=self._ports.server_strange(),
            clock=source,
            disk_level=disk.level.value,
            disk_used=round(disk.space.used, 4),
            disk_free_bytes=disk.space.free_bytes,
            old_journals=journals.old_count,
            heard_ms=self._heard_ms,
        )

    def _recall_heard_ms(self) -> int:
        """From before a restart: pulling the plug must not make a box that is offline young again."""
        try:
            return Vitals.model_validate_json(self._path.read_bytes()).heard_ms
        except (OSError, ValidationError):
            return 0
