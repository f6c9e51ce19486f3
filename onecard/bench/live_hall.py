"""The server's side of `onecard bench live`: the whole application on SQLite, and taps that are committed one by one.

A tap takes the way that it takes in a server: a row and what the page shows of it in one transaction, after the commit
the feed, the board, a frame for each language, the hub. How it came in over MQTT is measured by `bench ingest`.
"""

import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import func
from sqlmodel import select

from card_protocol.words.event import GENESIS, chain_hash
from card_protocol.words.ids import ulid_from_bytes
from card_protocol.words.point import Direction, PointKind
from onecard.bench.application import COMMUNITY, application, cookie, serving
from onecard.bench.ingest_box import HOLDERS, POINTS, a_tap
from onecard.logs import set_up_logs
from server.services.access import access
from server.services.access.access import PointIn
from server.services.events import events
from server.services.live import Channel, Fact
from server.services.opening import transactions_on
from server.services.roles import Role
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.work import SYSTEM, Transactions, Work
from server.tables import EventRow, GatewayRow, Row
from server.tables.engine import make_engine
from server.tables.migrate import migrate

GATEWAY = "bench-1"
EPOCH = "00000000000000e1"


@dataclass(frozen=True)
class LivePlan:
    """What the server's process needs to know. `browsers`: sessions to open, two listeners can share one."""

    database_url: str
    browsers: int


@dataclass(frozen=True)
class Opened:
    """Where it is, and the cookies that let one in."""

    port: int
    cookies: tuple[str, ...]


@dataclass(frozen=True)
class Played:
    """So many taps were told. Moments are of the machine's monotonic clock [s], when the feed told the tap."""

    told: dict[int, float]
    """Number of the event -> when."""
    seconds: float
    cpu_s: float
    """Of the server's whole process."""


@dataclass(frozen=True)
class Play:
    """The word to begin: so many taps, so many a second."""

    taps: int
    per_s: float


def run_hall(plan: LivePlan, pipe: Connection) -> None:
    """In a process of its own: serve, play what is asked, until the pipe says stop."""
    set_up_logs("bench", "error")
    engine = make_engine(plan.database_url)
    migrate(engine)
    transactions = transactions_on(engine)
    told: dict[int, float] = {}

    def note(channel: Channel, fact: Fact) -> None:
        if channel == "event":
            told[fact["id"]] = time.monotonic()

    transactions.feed.listen(note)  # before the board: from the commit on, everything counts
    with transactions.work(SYSTEM) as work:
        settle(work)
    cookies = tuple(cookie(transactions, f"guard-{number}", Role.GUARD) for number in range(plan.browsers))
    with serving(application(transactions)) as port:
        pipe.send(Opened(port, cookies))
        while isinstance(word := pipe.recv(), Play):
            told.clear()
            pipe.send(play(transactions, word, told))
    engine.dispose()


def settle(work: Work) -> None:
    """A community of some thousand people with a card each, a gateway and its points."""
    org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区", name_en="Shanxian"))
    work.session.add(GatewayRow(id=GATEWAY, org=COMMUNITY, signing_key="00" * 32, enrolled_ms=work.now_ms, online=True))
    work.session.flush()
    for number in range(POINTS):
        door = PointIn(
            id=f"door-{number}", kind=PointKind.GATE, name_zh=f"{number}号门", name_en=f"Gate {number}",
            area="compound", direction=Direction.IN, gateway_id=GATEWAY,
        )  # fmt: skip
        access.set_point(work, COMMUNITY, door)
    tables, times = Row.metadata.tables, {"created_ms": work.now_ms, "changed_ms": work.now_ms}
    people: list[dict[str, Any]] = [
        {"id": ulid_from_bytes(n.to_bytes(16, "big")), "pseudonym": f"{n:016X}", "org": COMMUNITY, "kind": "resident"}
        | {"name": "王秀英", "house": f"{n % 40 + 1}-1-{n % 600 + 101}", "phone_tail": f"{n:04}", "tags": []}
        | times
        for n in range(HOLDERS)
    ]
    work.session.connection().execute(tables["holder"].insert(), people)
    cards = [
        {"id": one["id"], "holder_id": one["id"], "number": n, "uid": f"{n:014X}", "state": "active", "org": COMMUNITY}
        | times
        for n, one in enumerate(people, 1)
    ]
    work.session.connection().execute(tables["card"].insert(), cards)


def play(transactions: Transactions, asked: Play, told: dict[int, float]) -> Played:
    """The taps, each in a transaction of its own, at an even pace."""
    wall_ms, previous = time.time_ns() // 1_000_000, GENESIS
    first = _events(transactions) + 1
    began, cpu = time.monotonic(), time.process_time()
    for number in range(asked.taps):
        time.sleep(max(0.0, began + number / asked.per_s - time.monotonic()))
        previous = tap(transactions, first + number, wall_ms, previous)
    time.sleep(max(0.0, began + asked.taps / asked.per_s - time.monotonic()))
    return Played(dict(told), time.monotonic() - began, time.process_time() - cpu)


def _events(transactions: Transactions) -> int:
    with transactions.read() as session:
        return session.exec(select(func.count()).select_from(EventRow)).one()


def tap(transactions: Transactions, seq: int, wall_ms: int, previous: bytes) -> bytes:
    word = a_tap(seq, wall_ms)
    body = word.to_bytes()
    digest = chain_hash(GATEWAY, EPOCH, seq, body, previous)
    with transactions.work(SYSTEM) as work:
        row = EventRow(
            gateway_id=GATEWAY, epoch=EPOCH, seq=seq, body=body, hash=digest, kind=word.kind.value, point=word.point,
            card_id=word.card_id, holder=word.holder, reason=word.reason.value if word.reason else None,
            wall_ms=word.wall_ms, clock=word.clock.value, received_ms=work.now_ms,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        work.tell("event", events.views_of(work.session, [row])[0].model_dump(mode="json"))
    return digest
