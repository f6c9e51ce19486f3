"""The one place of assembly: what the daemon runs on, and what the edge opens beside it."""

import os
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Self

import structlog

from card_protocol.crypto.signing import Sign, Verifier
from card_protocol.errors import EquipmentFault
from card_protocol.policy.book import Book
from card_protocol.profiles.key_bundle import KeyBundle, unwrap_bundle
from card_protocol.wire.enrol import EnrolRequest
from card_protocol.wire.identity import BROKER_NAME, SERVER_NAME
from card_protocol.words.event import Event
from card_protocol.words.moment import DAY_MS, PlayedDay
from gateway.config import GatewayConfig
from gateway.core.clock_watch import ClockWatch
from gateway.core.retention import Limits
from gateway.core.station import Place, Station
from gateway.core.station_words import JournalSeen
from gateway.drivers.book_file import BookFile
from gateway.drivers.book_writer import BookWriterFile, begin_anew
from gateway.drivers.carried_file import DELTA_NAME, CarriedFile, forget
from gateway.drivers.daemon import Daemon, Item, Worker
from gateway.drivers.disk_keeper import DiskKeeper, DiskPorts
from gateway.drivers.fetcher import Fetcher
from gateway.drivers.file_lock import FileLock, LockTimeout
from gateway.drivers.health_keeper import HealthKeeper, HealthPorts
from gateway.drivers.http import HttpServer
from gateway.drivers.identity_keeper import IdentityKeeper
from gateway.drivers.joining import ask_until_confirmed, meet
from gateway.drivers.journal_archive import JournalArchive
from gateway.drivers.journal_file import JournalFile
from gateway.drivers.key_keeper import KeyKeeper
from gateway.drivers.key_ring import KeyRing
from gateway.drivers.linked_file import write_atomically
from gateway.drivers.log_excerpt import FOLDER_NAME as LOGS_NAME
from gateway.drivers.log_excerpt import log_excerpt
from gateway.drivers.metrics_http import MetricsServer
from gateway.drivers.mqtt import Broker, MqttUplink
from gateway.drivers.order_file import OrderReader, OrderWriter, forget_orders
from gateway.drivers.passage_file import PassageReader, PassageWriter, forget_passages
from gateway.drivers.reserve import Reserve, room_to_start, space
from gateway.drivers.shell import Ports, Shell
from gateway.drivers.state_file import StateFile
from gateway.drivers.system_clock import SystemClock
from gateway.drivers.systemd import Notifier
from gateway.drivers.tls_files import TlsFiles
from gateway.ports.carried import Carried
from gateway.ports.clock import Clock
from gateway.ports.journal import Journal
from gateway.ports.orders import OrderBook
from gateway.ports.passages import Elsewhere

NEWS_MAX = 1024
"""What waits between the uplink's thread and the daemon's; more is dropped and asked for again."""

LOCK_TIMEOUT_MS = 1000
_log = structlog.get_logger()


class AlreadyRunning(EquipmentFault):
    """Another process is the gateway of this box."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """What a program on the box works with. Close it, or use it as a context manager.

    `gateway_id` and `community` are the box's place; `keys` opens the compartments of card keys (check `leased_at`);
    `grant_key` is who signs what rides on cards: grants and revocations. `sign` is the box's own hand.
    """

    gateway_id: str
    community: str
    keys: KeyRing
    grant_key: Verifier
    clock: Clock
    sign: Sign
    tls: Callable[[], ssl.SSLContext]
    """A context for connections to the server, with the certificate of this moment."""
    _journal: JournalFile
    _book: BookFile
    _carried: CarriedFile
    _orders: OrderReader
    elsewhere: Elsewhere
    """What other gateways saw of people."""

    @property
    def leaf_keys(self) -> KeyBundle:
        """The keys of the doors, as they are leased now."""
        return self.keys.doors

    @property
    def journal(self) -> Journal:
        """Append here; one instance serves all threads of a program."""
        return self._journal

    @property
    def book(self) -> Book:
        """The policy in force at this instant; take it once per decision, from any thread.

        It sees what the daemon applied last. Without a readable book it is one without a policy. A card look-up
        raises BookUnavailable (an EquipmentFault) in the rare case that the file fails at that very moment.
        """
        return self._book.current()

    @property
    def carried(self) -> Carried:
        """What cards told this box; only the edge writes there."""
        return self._carried

    @property
    def orders(self) -> OrderBook:
        """What the server has ordered: commands, holds, lockdowns."""
        return self._orders

    @property
    def rev_seq(self) -> int:
        """The newest revocation up to which the server told everything."""
        return self._book.rev_seq()

    def close(self) -> None:
        """Write what waits for the journal, and close the files."""
        self._journal.close()
        self._book.close()
        self._carried.close()
        self._orders.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_box(state_dir: Path, played: PlayedDay | None = None) -> Box:
    """Open the box's files beside the daemon, which need not run.

    Faults: NotEnrolled (equipment) before `onecard gateway enrol`; IdentityExposed, MacWrong (trust) when the keys
    are not this box's own; JournalUnavailable (equipment).
    """
    state = StateFile(state_dir)
    enrolment = state.enrolment()
    signer, opener = state.keys()
    clock = SystemClock(state_dir, played)
    carried = CarriedFile(state_dir)
    return Box(
        gateway_id=enrolment.gateway,
        community=enrolment.community,
        keys=KeyRing(state, opener),
        grant_key=Verifier(bytes.fromhex(enrolment.grant_key)),
        clock=clock,
        sign=signer.sign,
        tls=lambda: TlsFiles(state_dir).context(SERVER_NAME),
        _journal=JournalFile(state_dir, enrolment.gateway, clock),
        _book=BookFile(state_dir, carried.about),
        _carried=carried,
        _orders=OrderReader(state_dir),
        elsewhere=PassageReader(state_dir),
    )


@dataclass(frozen=True)
class Enrolled:
    """Where the box belongs now."""

    gateway: str
    community: str


def enrol(
    config: GatewayConfig,
    claim: str,
    fingerprint: str | None,
    waiting: Callable[[str], None],
    stop: threading.Event | None = None,
) -> Enrolled:
    """Use a one-time claim: the box makes its keys, is confirmed by an operator, and gets its place.

    `fingerprint` is by what the server is known; None when the box was enrolled there before. `waiting` is called
    with the box's own fingerprint while nobody has confirmed it yet. Blocks until somebody has: JoiningEnded when
    `stop` is set before. ServerAway, ServerRefused, ServerUnknown; MacWrong when the card keys were wrapped for
    another box; AlreadyRunning.
    """
    with _only_one(config.state_dir):
        state, files = StateFile(config.state_dir), TlsFiles(config.state_dir)
        signer, opener = state.keys()
        public = signer.verifier.public_bytes
        asked = EnrolRequest(
            claim=claim,
            signing_key=public.hex(),
            box_key=opener.public_bytes.hex(),
            tls_request=files.request().hex(),
        )
        with HttpServer(config.server_url, meet(config.server_url, files, fingerprint)) as server:
            admitted = ask_until_confirmed(server, asked, lambda: waiting(asked.mark), stop or threading.Event())
        enrolment = admitted.place
        unwrap_bundle(bytes.fromhex(enrolment.wrapped_keys), enrolment.gateway, opener)
        if state.belonged_elsewhere(enrolment):
            begin_anew(config.state_dir)
            forget(config.state_dir)
            forget_orders(config.state_dir)
            forget_passages(config.state_dir)
            state.forget_policy_floor()
        files.keep(admitted.identity, enrolment.gateway)
        state.save_enrolment(enrolment)
        return Enrolled(enrolment.gateway, enrolment.community)


def run(config: GatewayConfig, stop: threading.Event) -> None:
    """The daemon, until `stop` is set. Broker and server may be absent; NotEnrolled, AlreadyRunning otherwise."""
    with _only_one(config.state_dir), ExitStack() as open_files:
        state = StateFile(config.state_dir)
        place = state.enrolment()
        if room_to_start(config.state_dir):
            _log.error("disk_full", reserve="released")
        signer, opener = state.keys()
        clock = SystemClock(config.state_dir, config.clock)
        journal = JournalFile(config.state_dir, place.gateway, clock, acked=state.acked(), thorough=True)
        open_files.callback(journal.close)
        archive = JournalArchive(config.state_dir, place.gateway, state)
        open_files.callback(archive.close)
        book = BookWriterFile(config.state_dir, state.policy_floor(), rev_floor=state.rev_floor())
        open_files.callback(book.close)
        files = TlsFiles(config.state_dir)
        secure = config.server_url.startswith("https")
        server = open_files.enter_context(HttpServer(config.server_url, files.context(SERVER_NAME) if secure else None))
        news: Queue[Item] = Queue(NEWS_MAX)
        to_broker = None if config.broker.plain else lambda: files.context(BROKER_NAME)
        uplink = MqttUplink(Broker(config.broker.host, config.broker.port, to_broker), place.gateway)
        fetcher = Fetcher(place, signer.sign, server, book, clock, news.put)
        fetcher.start()
        keys = KeyKeeper(state, opener, signer.sign, server, BookFile(config.state_dir).current, clock)
        keys.start()
        believes = Verifier(bytes.fromhex(place.server_key)).verify
        orders = OrderWriter(config.state_dir, clock.now().wall_ms)
        station = Station(
            Place(place.gateway, signer.sign, believes, KeyRing(state, opener).held),
            book.standing(),
            JournalSeen(journal.head(), journal.floor()),
            state.acked().get(journal.head().epoch),
            random.Random(os.urandom(16)).random,  # noqa: S311 - spreads retries, keeps no secret
            orders.recall(),
            state.next_run(),
        )
        ports = Ports(
            journal,
            book,
            clock,
            uplink,
            fetcher.fetch,
            archive,
            state.save_acked,
            state.raise_policy_floor,
            state.raise_rev_floor,
            lambda delta: write_atomically(config.state_dir / DELTA_NAME, delta),
            clock.server_said,
            orders.keep,
            lambda: log_excerpt(config.state_dir / LOGS_NAME),
            PassageWriter(config.state_dir).keep,
        )
        workers: list[Worker] = [uplink, fetcher, keys]
        if secure:
            workers.append(_identity_keeper(config, place.gateway, signer.sign, files, server, clock))
        shell = Shell(station, ports)
        chores = _chores(config, place.gateway, station, ports, journal, shell, workers, server)
        Daemon(station, shell, ports, news, workers, [*chores, clock.keep], clock.save).run(stop)


def _identity_keeper(
    config: GatewayConfig,
    gateway: str,
    sign: Sign,
    files: TlsFiles,
    server: HttpServer,
    clock: Clock,
) -> IdentityKeeper:
    """Started. TLS knows the real time alone: a played day is left out of it."""
    keeper = IdentityKeeper(
        gateway,
        sign,
        files,
        server,
        lambda context: HttpServer(config.server_url, context),
        lambda: server.use(files.context(SERVER_NAME)),
        _real_time(config, clock),
        random.Random(os.urandom(16)),  # noqa: S311 - spreads requests, keeps no secret
    )
    keeper.start()
    return keeper


def _real_time(config: GatewayConfig, clock: Clock) -> Callable[[], int]:
    """What certificates live by [ms]: the box's time, and on a played day the machine's."""
    return real_ms if config.clock is not None else lambda: clock.now().wall_ms


def _chores(
    config: GatewayConfig,
    gateway: str,
    station: Station,
    ports: Ports,
    journal: JournalFile,
    shell: Shell,
    workers: list[Worker],
    server: HttpServer,
) -> list[Callable[[], None]]:
    """What the daemon looks after beside the sync; a metrics server joins its workers when one is wanted."""
    keeper = disk_keeper(config, journal, ports.clock, lambda: station.journals.current.acked.seq, shell.note)
    book = BookFile(config.state_dir)

    def expires_ms() -> int:
        head = book.current().head
        return head.expires_ms if head is not None else 0

    files, now_ms = TlsFiles(config.state_dir), _real_time(config, ports.clock)

    def certificate_left_ms() -> int | None:
        ours = files.certificate()
        return None if ours is None else ours.until_ms - max(now_ms(), ours.from_ms)

    health_ports = HealthPorts(
        gateway,
        station,
        ports.clock,
        ports.uplink,
        keeper,
        expires_ms,
        certificate_left_ms,
        lambda event: tell(shell, event),
        lambda: server.stranger,
    )
    health = HealthKeeper(config.state_dir, health_ports)
    if config.metrics_port is not None:
        workers.append(MetricsServer(config.metrics_port, lambda: health.vitals))
    systemd = Notifier()
    systemd.ready()
    chores = [keeper.look, health.look, systemd.alive]
    if config.clock is None:
        watch = ClockWatch(ports.clock.now())
        chores.append(lambda: tell(shell, watch.step(ports.clock.now())))
    return chores


def tell(shell: Shell, event: Event | None) -> None:
    """Log and journal what there is to tell, if anything."""
    if event is not None:
        _log.warning(event.kind.value, **event.detail)
        shell.note(event)


def disk_keeper(
    config: GatewayConfig,
    journal: JournalFile,
    clock: Clock,
    acked: Callable[[], int],
    note: Callable[[Event], None],
) -> DiskKeeper:
    """Who looks after the disk, as the configuration says."""
    disk = config.disk
    limits = Limits(
        warn=disk.warn_percent / 100,
        prune=disk.prune_percent / 100,
        full=disk.full_percent / 100,
        keep_ms=disk.keep_days * DAY_MS,
        when_full=disk.when_full,
    )
    reserve = Reserve(config.state_dir, disk.reserve_mib << 20)
    ports = DiskPorts(journal, reserve, clock, lambda: space(config.state_dir), acked, note)
    return DiskKeeper(limits, ports)


def real_ms() -> int:
    """The machine's wall time [ms]."""
    return time.time_ns() // 1_000_000


@contextmanager
def _only_one(state_dir: Path) -> Iterator[None]:
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(state_dir / "gateway.lock")
    try:
        with lock.hold(LOCK_TIMEOUT_MS):
            yield
    except LockTimeout:
        raise AlreadyRunning(f"another gateway runs on {state_dir}") from None
    finally:
        lock.close()
