"""Measuring how the gateway is."""

from pathlib import Path

import pytest

from card_protocol.words.event import Event, EventKind
from gateway.core import sync_words as sync
from gateway.core.health import Vitals
from gateway.core.retention import Limits
from gateway.core.stall import RENEW_AFTER_NS
from gateway.core.station import Place, Station
from gateway.core.station_words import JournalSeen
from gateway.drivers.disk_keeper import DiskKeeper, DiskPorts
from gateway.drivers.health_keeper import FILE_NAME, HealthKeeper, HealthPorts
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.reserve import Reserve, Space
from gateway.ports.book import Standing
from tests.gateway.drivers.test_shell import WireUplink
from tests.gateway.world import BOX, GATEWAY, NOON_MS, SERVER, HandClock, event


class RenewedUplink(WireUplink):
    renewed = 0

    def renew(self) -> None:
        self.renewed += 1


class Ward:
    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.uplink = folder, HandClock(), RenewedUplink()
        self.journal = JournalFile(folder, GATEWAY, self.clock)
        self.journal.append(event(1), event(2))
        seen = JournalSeen(self.journal.head(), self.journal.floor())
        place = Place(GATEWAY, BOX.sign, SERVER.verifier.verify)
        self.station = Station(place, Standing(version=4, rev_seq=7), seen, None, lambda: 0.0)
        disk = DiskKeeper(
            Limits(),
            DiskPorts(
                self.journal,
                Reserve(folder, 4096),
                self.clock,
                lambda: Space(0.5, 1 << 20),
                lambda: 0,
                list[Event]().append,
            ),
        )
        disk.look()
        self.asked = 0
        self.told: list[Event] = []
        ports = HealthPorts(
            GATEWAY,
            self.station,
            self.clock,
            self.uplink,
            disk,
            self.expires_ms,
            note=self.told.append,
            server_strange=lambda: True,
        )
        self.keeper = HealthKeeper(folder, ports)

    def expires_ms(self) -> int:
        self.asked += 1
        return NOON_MS + 1000

    def after_ms(self, span_ms: int) -> Vitals:
        self.clock.advance_ms(span_ms)
        self.keeper.look()
        assert self.keeper.vitals is not None
        return self.keeper.vitals


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path)


def test_it_measures_what_there_is(ward: Ward) -> None:
    found = ward.after_ms(5000)
    assert (found.gateway, found.uptime_ms, found.online, found.offline_ms) == (GATEWAY, 5000, False, 5000)
    assert (found.head_seq, found.acked_seq, found.waiting) == (2, 0, 2)
    assert (found.policy_version, found.policy_expires_ms, found.rev_seq) == (4, NOON_MS + 1000, 7)
    assert (found.server_strange, found.certificate_left_ms) == (True, None)
    assert (found.clock, found.disk_used, found.disk_free_bytes) == ("ntp", 0.5, 1 << 20)
    assert Vitals.model_validate_json((ward.folder / FILE_NAME).read_bytes()) == found


def test_it_does_not_measure_at_every_round(ward: Ward) -> None:
    first = ward.after_ms(5000)
    assert ward.after_ms(1999) is first
    assert ward.after_ms(1) is not first
    assert ward.asked == 1, "the book is asked once per policy"


def test_online_it_is_not_offline(ward: Ward) -> None:
    ward.station.step(sync.LinkUp(), ward.clock.now())
    found = ward.after_ms(5000)
    assert (found.online, found.offline_ms) == (True, 0)


def test_a_sync_that_hangs_gets_a_new_link(ward: Ward) -> None:
    ward.station.step(sync.LinkUp(), ward.clock.now())
    for _ in range(RENEW_AFTER_NS // 2_000_000_000 + 2):
        found = ward.after_ms(2000)
    assert ward.uplink.renewed == 1
    assert [told.kind for told in ward.told] == [EventKind.SYNC_STUCK]
    assert found.stuck_ms >= RENEW_AFTER_NS // 1_000_000 - 2000


def test_a_disk_that_does_not_take_it_stops_nothing(ward: Ward) -> None:
    (ward.folder / f"{FILE_NAME}.new").mkdir()
    assert ward.after_ms(5000).head_seq == 2


def test_when_the_server_was_last_heard_outlives_a_restart(ward: Ward) -> None:
    assert ward.after_ms(2000).heard_ms == 0
    ward.station.step(sync.LinkUp(), ward.clock.now())
    heard_ms = ward.after_ms(2000).heard_ms
    assert heard_ms == ward.clock.now().wall_ms
    ward.station.step(sync.LinkDown(), ward.clock.now())
    assert ward.after_ms(60_000).heard_ms == heard_ms
    again = HealthKeeper(ward.folder, ward.keeper._ports)
    ward.station.step(sync.LinkDown(), ward.clock.now())
    again.look()
    assert again.vitals is not None
    assert again.vitals.heard_ms == heard_ms
