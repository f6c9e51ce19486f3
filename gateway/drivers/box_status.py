"""How a box is, read from its files without touching them; the daemon may run or not."""

import sqlite3
import time
from pathlib import Path

from pydantic import BaseModel

from card_protocol.crypto.certificates import box_mark
from card_protocol.errors import Fault
from gateway.core.health import Trouble, Vitals, troubles
from gateway.core.renewal import is_old
from gateway.drivers import book_schema, journal_schema
from gateway.drivers.file_lock import FileLock
from gateway.drivers.health_keeper import FILE_NAME as HEALTH_NAME
from gateway.drivers.journal_place import JOURNAL_NAME
from gateway.drivers.key_ring import KeyRing
from gateway.drivers.order_file import OrderReader
from gateway.drivers.state_file import NotEnrolled, StateFile
from gateway.drivers.system_clock import SystemClock
from gateway.drivers.tls_files import TlsFiles
from gateway.ports.journal import Head

STALE_MS = 30_000


class BoxStatus(BaseModel):
    """`waiting` events are journaled and not yet acknowledged by the server. Empty and zero where nothing is known."""

    enrolled: bool = False
    running: bool = False
    gateway: str = ""
    community: str = ""
    fingerprint: str = ""
    now_ms: int = 0
    """The box's time, by which the certificate is judged: the server's where it told it."""
    certificate_from_ms: int = 0
    certificate_until_ms: int = 0
    epoch: str = ""
    head: int = 0
    events: int = 0
    acked: int = 0
    waiting: int = 0
    policy_version: int = 0
    rev_seq: int = 0
    keys_oldest: int = 0
    keys_newest: int = 0
    keys_until_ms: int = 0
    """The card key versions that the points accept, and when their lease ends."""
    held: list[str] = []
    """Points that were told to stand open."""
    lockdowns: dict[str, int] = {}
    """Area -> the level in force."""
    set_aside: list[str] = []
    """Journal files that were damaged or replaced."""
    health: Vitals | None = None
    """What the daemon measured last; None when it does not run."""
    troubles: list[Trouble] = []
    problems: list[str] = []


def read_status(state_dir: Path) -> BoxStatus:
    """Never raises for what it finds on the disk: that goes into `problems`."""
    status = BoxStatus(running=_is_running(state_dir))
    state = StateFile(state_dir)
    try:
        place = state.enrolment()
    except NotEnrolled as fault:
        status.problems.append(str(fault))
        return status
    status.enrolled, status.gateway, status.community = True, place.gateway, place.community
    for part in (_identity, _journal, _book, _orders, _health):
        try:
            part(status, state, state_dir)
        except (OSError, ValueError, sqlite3.Error, Fault) as error:
            status.problems.append(str(error))
    return status


def _identity(status: BoxStatus, state: StateFile, state_dir: Path) -> None:
    signer, opener = state.keys()
    status.keys_oldest, status.keys_newest, status.keys_until_ms = KeyRing(state, opener).held()
    files = TlsFiles(state_dir)
    ours = files.certificate()
    if ours is None:
        status.problems.append("the box has no certificate: enrol it anew")
        return
    status.fingerprint = box_mark(signer.verifier.public_bytes, opener.public_bytes, files.public_key())
    status.certificate_from_ms, status.certificate_until_ms = ours.from_ms, ours.until_ms
    status.now_ms = now_ms = SystemClock(state_dir).now().wall_ms
    if ours.from_ms <= now_ms and is_old(ours.until_ms, now_ms):
        status.troubles.append(Trouble.CERTIFICATE_OLD if now_ms < ours.until_ms else Trouble.CERTIFICATE_EXPIRED)


def _journal(status: BoxStatus, state: StateFile, state_dir: Path) -> None:
    path = state_dir / JOURNAL_NAME
    current = path.resolve().name
    status.set_aside = sorted(p.name for p in state_dir.glob("journal-*.db") if p.name != current)
    if not path.exists():
        return
    connection = journal_schema.connect(path)
    try:
        who = journal_schema.identity(connection, status.gateway)
        head = journal_schema.head(connection, who)
        status.events = int(connection.execute("SELECT count(*) FROM event").fetchone()[0])
    finally:
        connection.close()
    floor = Head(who.epoch, who.floor_seq, who.floor_hash)
    acked = state.acked().get(who.epoch, floor)
    status.epoch, status.head, status.acked = head.epoch, head.seq, max(acked.seq, floor.seq)
    status.waiting = max(0, head.seq - status.acked)


def _book(status: BoxStatus, _: StateFile, state_dir: Path) -> None:
    path = state_dir / book_schema.BOOK_NAME
    if not path.exists():
        return
    connection = book_schema.connect(path)
    try:
        edition = book_schema.edition(connection)
    finally:
        connection.close()
    status.policy_version, status.rev_seq = edition.version, edition.rev_seq


def _orders(status: BoxStatus, _: StateFile, state_dir: Path) -> None:
    orders = OrderReader(state_dir).current()
    if orders is None:
        raise ValueError("nobody can read what was ordered: doors stay as they are")
    status.held = sorted(orders.held)
    status.lockdowns = {one.area: one.level for one in orders.lockdowns}


def _health(status: BoxStatus, _: StateFile, state_dir: Path) -> None:
    if not status.running:
        return
    try:
        vitals = Vitals.model_validate_json((state_dir / HEALTH_NAME).read_bytes())
    except FileNotFoundError:
        return
    age_ms = time.monotonic_ns() // 1_000_000 - vitals.mono_ms
    if not 0 <= age_ms <= STALE_MS:
        status.problems.append(f"the daemon has not reported its health for {age_ms // 1000} s")
        return
    status.health = vitals
    status.troubles = [trouble for trouble in Trouble if trouble in {*status.troubles, *troubles(vitals)}]


def _is_running(state_dir: Path) -> bool:
    if not (state_dir / "gateway.lock").exists():
        return False
    lock = FileLock(state_dir / "gateway.lock")
    try:
        if lock.try_acquire():
            lock.release()
            return False
        return True
    finally:
        lock.close()
