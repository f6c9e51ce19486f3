"""What a policy costs by the number of cards: built by the server, fetched and applied by a gateway; then a change of
fifty cards. The gateway's own fetcher and book are at work; the way between is a function call.

Seconds are of one core (processor time), because the machine may do other things meanwhile. The floor of an
apply: the same number of rows of the same bytes written into a bare SQLite file.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from card_protocol.crypto.signing import Signer
from card_protocol.wire.enrol import Enrolment
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.offer import Blob
from card_protocol.wire.sealed import unseal
from card_protocol.words.ids import ulid_from_bytes
from card_protocol.words.schedule import always
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.fetcher import Fetcher
from gateway.drivers.system_clock import SystemClock
from onecard.bench.figures import rounded
from server.services.access import access
from server.services.access.access import LevelIn
from server.services.cards import cards
from server.services.keys.keystore import Keystore, from_secrets, new_secrets
from server.services.opening import transactions_on
from server.services.policies import card_entries, cards_offer, policy
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.work import SYSTEM, Transactions, take_numbers
from server.tables import GatewayRow, Row
from server.tables.engine import make_engine
from server.tables.migrate import migrate

SIZES: Final = (10_000, 100_000, 1_000_000)
DELTA_CARDS: Final = 50
DELTA_ROUNDS: Final = 5
FLAT_GOAL: Final = 2.0
"""The delta at the largest size costs at most this many times the one at the smallest."""
COMMUNITY: Final = "330105009012"
GATEWAY: Final = "bench-1"
INSERT_ROWS: Final = 10_000
YEAR_MS: Final = 365 * 86_400_000

Tell = Callable[[int], None]


@dataclass(frozen=True)
class PolicyFigures:
    """One size. Seconds of one core; the delta's are the median of a few."""

    cards: int
    build_s: float
    snapshot_bytes: int
    apply_s: float
    bare_s: float
    delta_build_s: float
    delta_bytes: int
    delta_apply_s: float


def run(sizes: Sequence[int], tell: Tell) -> dict[str, Any]:
    """The report: a row for each size, and whether the delta's cost is flat."""
    rows = []
    for size in sizes:
        tell(size)
        with TemporaryDirectory(prefix="onecard-bench-") as folder:
            rows.append(measure(Path(folder), size))
    first, last = rows[0], rows[-1]
    growth = max(last.delta_build_s / first.delta_build_s, last.delta_apply_s / first.delta_apply_s)
    return {"policy": [asdict(row) for row in rows], "delta_growth": rounded(growth), "goal_met": growth <= FLAT_GOAL}


def measure(folder: Path, size: int) -> PolicyFigures:
    """A community of so many cards, its gateway, and what passes between them."""
    engine = make_engine(f"sqlite:///{folder / 'server.db'}")
    try:
        return _Town(folder, transactions_on(engine), size).measure()
    finally:
        engine.dispose()


class _Straight:
    """The gateway's way to the server, without HTTP."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self.taken_bytes = 0

    def blob(self, gateway: str, blob: Blob, request: bytes) -> bytes:  # noqa: ARG002 - the port
        """See `gateway.ports.server.Server`."""
        with self._transactions.read() as session:
            data = cards_offer.blob(session, gateway, COMMUNITY, blob.sha256)
        assert data is not None
        self.taken_bytes += len(data)
        return data

    def keys(self, gateway: str, request: bytes) -> Enrolment:
        """Not asked here."""
        raise NotImplementedError


class _Town:
    def __init__(self, folder: Path, transactions: Transactions, size: int) -> None:
        self._folder, self._transactions, self._size = folder, transactions, size
        migrate(transactions.engine)
        self._keystore: Keystore = from_secrets(new_secrets(COMMUNITY, os.urandom))
        signer = Signer(os.urandom(32))
        with transactions.work(SYSTEM) as work:
            org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区", name_en="Shanxian"))
            access.set_schedule(work, always("always"))
            level = LevelIn(id="residents", name_zh="居民", name_en="Residents", points=frozenset(), schedule="always")
            access.set_level(work, level)
            key = signer.verifier.public_bytes.hex()
            work.session.add(GatewayRow(id=GATEWAY, org=COMMUNITY, signing_key=key, enrolled_ms=work.now_ms))
        place = Enrolment(
            gateway=GATEWAY,
            community=COMMUNITY,
            server_key=self._keystore.server.verifier.public_bytes.hex(),
            grant_key=self._keystore.grants.verifier.public_bytes.hex(),
            wrapped_keys="00",  # no card is spoken to
        )
        _people(transactions, size)
        self._server = _Straight(transactions)
        self._book = BookWriterFile(folder)
        clock = SystemClock(folder)
        self._fetcher = Fetcher(place, signer.sign, self._server, self._book, clock, lambda _: None)

    def measure(self) -> PolicyFigures:
        build_s, snapshot_bytes, apply_s = self._round()
        rounds = []
        for number in range(DELTA_ROUNDS):
            self._change(number)
            rounds.append(self._round())
        self._book.close()
        middle = DELTA_ROUNDS // 2
        return PolicyFigures(
            cards=self._size,
            build_s=rounded(build_s),
            snapshot_bytes=snapshot_bytes,
            apply_s=rounded(apply_s),
            bare_s=rounded(_bare(self._folder, self._size)),
            delta_build_s=rounded(sorted(one[0] for one in rounds)[middle]),
            delta_bytes=rounds[0][1],
            delta_apply_s=rounded(sorted(one[2] for one in rounds)[middle]),
        )

    def _round(self) -> tuple[float, int, float]:
        """Publish and apply: seconds to build, bytes fetched, seconds to apply."""
        began = time.process_time()
        (published,) = policy.publish(self._transactions, self._keystore, [GATEWAY])
        built = time.process_time()
        assert published.fresh
        before = self._server.taken_bytes
        manifest = unseal("manifest", published.manifest, Manifest, self._keystore.server.verifier.verify)
        staged = self._fetcher.outcome(manifest).staged
        assert staged is not None
        assert self._book.flip(staged).version == manifest.version
        return built - began, self._server.taken_bytes - before, time.process_time() - built

    def _change(self, round_: int) -> None:
        """Other fifty cards each time, spread over all of them."""
        step = max(1, self._size // DELTA_CARDS)
        with self._transactions.work(SYSTEM) as work:
            for number in range(min(DELTA_CARDS, self._size)):
                row = cards.row_of(work.session, card_id(number * step + round_ % step))
                row.valid_to_ms += 1
                card_entries.mark(work, row)


def card_id(number: int) -> str:
    """Spread over the whole key space, as the random part of a ULID is."""
    return ulid_from_bytes((number * 0x9E3779B97F4A7C15 % 2**63).to_bytes(16, "big"))


def _people(transactions: Transactions, size: int) -> None:
    """Residents with an active card each, written in bulk: how they come in is not measured here."""
    tables = Row.metadata.tables
    for first in range(0, size, INSERT_ROWS):
        numbers = range(first, min(first + INSERT_ROWS, size))
        with transactions.work(SYSTEM) as work:
            now, seq = work.now_ms, take_numbers(work.session, card_entries.COUNTER, len(numbers))
            times = {"created_ms": now, "changed_ms": now}
            connection = work.session.connection()
            plain = {"org": COMMUNITY, "kind": "resident", "name": "王秀英", "house": "3-1-502", "phone_tail": "0000"}
            connection.execute(
                tables["holder"].insert(),
                [plain | times | {"id": card_id(n), "pseudonym": f"{n:016X}", "tags": []} for n in numbers],
            )
            card = {"state": "active", "org": COMMUNITY, "valid_to_ms": now + YEAR_MS} | times
            connection.execute(
                tables["card"].insert(),
                [
                    card
                    | {"id": card_id(n), "holder_id": card_id(n), "number": n + 1, "uid": f"{n:014X}"}
                    | {"changed_seq": seq + n - first}
                    for n in numbers
                ],
            )
            links = [{"card_id": card_id(n), "level_id": "residents"} for n in numbers]
            connection.execute(tables["card_level"].insert(), links)


def _bare(folder: Path, size: int) -> float:
    """Seconds to write as many rows of the same size into a bare file, by key."""
    (file,) = folder.glob("book-cards-*.db")
    body = bytes(max(1, file.stat().st_size // size // 2))
    connection = sqlite3.connect(folder / "bare.db")
    connection.execute("CREATE TABLE card (card_id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
    ids = sorted(card_id(number) for number in range(size))
    began = time.process_time()
    with connection:
        connection.executemany("INSERT INTO card VALUES (?, ?)", ((one, body) for one in ids))
    seconds = time.process_time() - began
    connection.close()
    return seconds
