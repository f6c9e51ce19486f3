"""The gateway's side of `onecard bench ingest` and `catchup`: a real journal, the real station and daemon, real MQTT.

What is left out of a gateway is what has no part in it: enrolment, policies, chores.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Queue

from card_protocol.crypto.signing import Signer, Verifier
from card_protocol.words.event import Event, EventKind, note_event, tap_event
from card_protocol.words.ids import ulid_from_bytes
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation, Verdict
from gateway.core.station import Place, Station
from gateway.core.station_words import JournalSeen
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.daemon import Daemon, Item
from gateway.drivers.journal_archive import JournalArchive
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.mqtt import Broker, MqttUplink
from gateway.drivers.shell import Ports, Shell
from gateway.drivers.state_file import StateFile
from gateway.drivers.system_clock import SystemClock
from onecard.logs import set_up_logs

FILL_EVENTS = 500
POINTS = 8
HOLDERS = 5_000
LOOK_S = 0.01
PATIENCE_S = 1800.0


@dataclass(frozen=True)
class BoxPlan:
    """What a gateway's process needs to know. `alarm_every_s` 0: no alarms."""

    folder: Path
    gateway: str
    seed: bytes
    server_key: bytes
    broker_port: int
    events: int
    alarm_every_s: float = 0.0


@dataclass(frozen=True)
class BoxReport:
    """How it went. Times are of the machine's monotonic clock [s]."""

    events: int
    """Acknowledged between the first acknowledgement that moved and the last."""
    seconds: float
    cpu_s: float
    alarms: dict[int, float]
    """seq of each live alarm -> when it was journaled."""

    @property
    def per_s(self) -> float:
        """ValueError when all came at once: then there were too few to measure."""
        if not self.seconds:
            raise ValueError(f"too few events to measure: {self.events} were acknowledged after the first look")
        return self.events / self.seconds


def a_tap(number: int, wall_ms: int) -> Event:
    """A tap as a door journals it, each of somebody else."""
    holder = number * 7919 % HOLDERS
    card = ulid_from_bytes(holder.to_bytes(16, "big"))
    granted = number % 20 != 0
    moment = Moment(wall_ms=wall_ms + number, mono_ns=number * 1_000_000, boot="bench", clock=ClockQuality.NTP)
    verdict = Verdict(
        reason=Reason.GRANTED if granted else Reason.WRONG_POINT,
        point=f"door-{number % POINTS}",
        card_id=card,
        holder=f"{holder:016X}",
        level="residents" if granted else None,
        policy_version=7,
    )
    return tap_event(Presentation(uid=f"{holder:014X}", assurance=Assurance.CARD, card_id=card), verdict, moment)


def fill(folder: Path, gateway: str, events: int, tell: Callable[[int], None] = lambda _: None) -> None:
    """Journal so many taps, durable, as they would have been while the server was away."""
    wall_ms = time.time_ns() // 1_000_000 - events
    journal = JournalFile(folder, gateway, SystemClock(folder))
    try:
        for first in range(0, events, FILL_EVENTS):
            journal.append(*(a_tap(n, wall_ms) for n in range(first, min(first + FILL_EVENTS, events))))
            tell(first)
    finally:
        journal.close()


def run_box(plan: BoxPlan, pipe: Connection) -> None:
    """In a process of its own: bring the journal to the server, then say how it went."""
    set_up_logs("bench", "error")
    state = StateFile(plan.folder)
    clock = SystemClock(plan.folder)
    journal = JournalFile(plan.folder, plan.gateway, clock)
    archive = JournalArchive(plan.folder, plan.gateway, state)
    book = BookWriterFile(plan.folder)
    news: Queue[Item] = Queue(1024)
    uplink = MqttUplink(Broker("127.0.0.1", plan.broker_port), plan.gateway)
    place = Place(plan.gateway, Signer(plan.seed).sign, Verifier(plan.server_key).verify)
    dice = random.Random(plan.seed).random  # noqa: S311 - spreads retries, keeps no secret
    seen = JournalSeen(journal.head(), journal.floor())
    station = Station(place, book.standing(), seen, None, dice)
    ports = Ports(
        journal,
        book,
        clock,
        uplink,
        fetch=_ignore,
        archive=archive,
        save_acked=_ignore,
        saw_version=_ignore,
        saw_revocation=_ignore,
        keep_delta=_ignore,
        server_said=_ignore,
        keep_orders=_ignore,
        read_log=lambda: (),
        keep_passages=_ignore,
    )
    stop = threading.Event()
    daemon = Daemon(station, Shell(station, ports), ports, news, [uplink], [], lambda: None)
    thread = threading.Thread(target=daemon.run, args=(stop,), daemon=True)
    cpu = time.process_time()
    thread.start()
    report = _watch(plan, station, journal, clock)
    pipe.send(BoxReport(report[0], report[1], time.process_time() - cpu, report[2]))
    stop.set()
    thread.join(PATIENCE_S)
    for part in (journal, archive, book):
        part.close()


def _ignore(*_: object) -> None:
    """What has no part in bringing events."""


def _watch(
    plan: BoxPlan, station: Station, journal: JournalFile, clock: SystemClock
) -> tuple[int, float, dict[int, float]]:
    """Until all of the backlog is acknowledged; journal alarms meanwhile."""
    alarms: dict[int, float] = {}
    began = first = last = 0.0
    start = now = 0
    deadline = time.monotonic() + PATIENCE_S
    alarm_due = time.monotonic() + plan.alarm_every_s
    while now < plan.events:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{now} of {plan.events} events acknowledged in {PATIENCE_S:.0f} s")
        now, last = station.journals.current.acked.seq, time.monotonic()
        if not start and now:
            start, began = now, last
        if plan.alarm_every_s and start and last >= alarm_due:
            alarm_due = last + plan.alarm_every_s
            first = time.monotonic()
            head = journal.append(note_event(EventKind.DOOR_FORCED, clock.now(), "door-1"))
            alarms[head.seq] = first
        time.sleep(LOOK_S)
    return now - start, last - began, alarms
