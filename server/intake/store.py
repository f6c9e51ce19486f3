"""What intake writes, with SQLAlchemy Core: bulk inserts that do nothing where the row is already there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlmodel import Session

from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import Sealed
from card_protocol.words.event import Event
from server.intake.core import Fork, Link, Position
from server.intake.messages import Refused, SignedBatch
from server.tables import Row
from server.tables.engine import insert_into, is_sqlite

REFUSED_HEAD_BYTES = 1024
REFUSED_MAX_ROWS = 5000
PROBLEM_MAX_CHARS = 500

_TABLES = Row.metadata.tables
_ACK_SEAL = _TABLES["ack_seal"]
_ALARM_TOLD = _TABLES["alarm_told"]
_BATCH_SEAL = _TABLES["batch_seal"]
_EVENT = _TABLES["event"]
_HOLE = _TABLES["hole"]
_DEAD = _TABLES["dead_letter"]
_GONE = _TABLES["event_gone"]
_POSITION = _TABLES["intake_position"]
_QUARANTINE = _TABLES["quarantine"]
_REFUSED = _TABLES["refused_message"]


EVENT_COLUMNS = {
    "gateway_id": "text",
    "epoch": "text",
    "seq": "bigint",
    "body": "bytea",
    "hash": "bytea",
    "kind": "text",
    "point": "text",
    "card_id": "text",
    "holder": "text",
    "reason": "text",
    "wall_ms": "bigint",
    "clock": "text",
    "received_ms": "bigint",
}
"""Column of an event -> its type in PostgreSQL."""

_NAMES = ", ".join(EVENT_COLUMNS)
_INSERT_SQLITE = f"INSERT INTO event ({_NAMES}) VALUES ({', '.join('?' * len(EVENT_COLUMNS))}) ON CONFLICT DO NOTHING"  # noqa: S608
# One row of arrays instead of many rows: one statement, planned once; the ids follow the order of the arrays.
_INSERT_POSTGRES = (
    f"INSERT INTO event ({_NAMES}) SELECT * FROM unnest("  # noqa: S608 - names of our own
    + ", ".join(f"%s::{kind}[]" for kind in EVENT_COLUMNS.values())
    + ") ON CONFLICT DO NOTHING"
)


def position(session: Session, gateway: str, epoch: str) -> Position:
    """Where we stand with a journal file; locked until the end of the transaction."""
    key = (_POSITION.c.gateway_id == gateway) & (_POSITION.c.epoch == epoch)
    columns = select(_POSITION.c.watermark, _POSITION.c.head_hash).where(key)
    row = session.execute(columns.with_for_update()).first()
    return Position(row.watermark, bytes.fromhex(row.head_hash)) if row else Position()


def watermarks(session: Session, gateway: str) -> dict[str, int]:
    """Where we stand with every journal file of a gateway, as it was a moment ago."""
    rows = session.execute(select(_POSITION.c.epoch, _POSITION.c.watermark).where(_POSITION.c.gateway_id == gateway))
    return {row.epoch: row.watermark for row in rows}


def move(session: Session, gateway: str, epoch: str, there: Position, now_ms: int) -> None:
    """Remember where we stand."""
    values = {"watermark": there.watermark, "head_hash": there.head.hex(), "changed_ms": now_ms}
    statement = insert_into(session.connection(), _POSITION).values(gateway_id=gateway, epoch=epoch, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["gateway_id", "epoch"], set_=values))


def known_hashes(session: Session, gateway: str, epoch: str, numbers: range) -> dict[int, bytes]:
    """Our hash of each of these numbers, of events and dead letters alike, and of events that were deleted."""
    if not numbers:
        return {}
    found: dict[int, bytes] = {}
    for table in (_EVENT, _DEAD, _GONE):
        key = (table.c.gateway_id == gateway) & (table.c.epoch == epoch)
        between = table.c.seq.between(numbers.start, numbers.stop - 1)
        found.update(
            (row.seq, bytes(row.hash))
            for row in session.execute(select(table.c.seq, table.c.hash).where(key & between))
        )
    return found


def event_row(gateway: str, epoch: str, link: Link, event: Event, now_ms: int) -> dict[str, Any]:
    """An event as columns."""
    return {
        "gateway_id": gateway,
        "epoch": epoch,
        "seq": link.seq,
        "body": link.body,
        "hash": link.hash,
        "kind": event.kind.value,
        "point": event.point,
        "card_id": event.card_id,
        "holder": event.holder,
        "reason": event.reason.value if event.reason else None,
        "wall_ms": event.wall_ms,
        "clock": event.clock.value,
        "received_ms": now_ms,
    }


def dead_row(gateway: str, epoch: str, link: Link, problem: str, now_ms: int) -> dict[str, Any]:
    """A dead letter as columns."""
    return {
        "gateway_id": gateway,
        "epoch": epoch,
        "seq": link.seq,
        "body": link.body,
        "hash": link.hash,
        "problem": problem[:PROBLEM_MAX_CHARS],
        "received_ms": now_ms,
    }


def fork_row(gateway: str, epoch: str, fork: Fork, now_ms: int) -> dict[str, Any]:
    """An event in quarantine as columns."""
    return {
        "gateway_id": gateway,
        "epoch": epoch,
        "seq": fork.link.seq,
        "hash": fork.link.hash.hex(),
        "known_hash": fork.known.hex() if fork.known else "",
        "body": fork.link.body,
        "received_ms": now_ms,
    }


def keep_hole(session: Session, gateway: str, epoch: str, hole: range, now_ms: int) -> None:
    """Numbers that a gateway has declared lost."""
    values = {"gateway_id": gateway, "epoch": epoch, "first_seq": hole.start, "last_seq": hole.stop - 1}
    _insert(session, _HOLE, [values | {"why": "declared", "at_ms": now_ms}])


def keep_batch_seal(session: Session, signed: SignedBatch) -> None:
    """The gateway's signature; its payload only where it cannot be made again from the events."""
    batch, payload = signed.batch, signed.sealed.payload.encode()
    values = {
        "gateway_id": batch.gateway,
        "epoch": batch.epoch,
        "first_seq": batch.first_seq,
        "last_seq": batch.last_seq,
        "prev_hash": batch.prev_hash,
        "gap_from": batch.gap_from,
        "signature": bytes.fromhex(signed.sealed.signature),
        "key": signed.key,
        "payload": None if batch.to_bytes() == payload else payload,
    }
    session.execute(_BATCH_SEAL.insert().values(**values))


def keep_ack_seal(session: Session, ack: Ack, sealed: Sealed) -> None:
    """Our signature under an acknowledgement; the first one for a watermark stays."""
    key = {"gateway_id": ack.gateway, "epoch": ack.epoch, "upto": ack.upto}
    content = {"payload": sealed.payload.encode(), "signature": bytes.fromhex(sealed.signature)}
    _insert(session, _ACK_SEAL, [key | content])


def told_before(session: Session, gateway: str, epoch: str, seq: int) -> bool:
    """Whether a guard was told of this event out of its turn; remembers that they are now."""
    key = {"gateway_id": gateway, "epoch": epoch, "seq": seq}
    statement = (
        insert_into(session.connection(), _ALARM_TOLD)
        .values(**key)
        .on_conflict_do_nothing()
        .returning(_ALARM_TOLD.c.seq)
    )
    return session.execute(statement).first() is None


def insert_events(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Events; one that is there already is left as it is.

    The one statement where it pays to go past SQLAlchemy's handling of each value: half of the intake's time was
    spent there (docs/benchmarks.md).
    """
    if not rows:
        return
    connection = session.connection()
    if is_sqlite(connection):
        connection.exec_driver_sql(_INSERT_SQLITE, [tuple(row[name] for name in EVENT_COLUMNS) for row in rows])
    else:
        columns = tuple([row[name] for row in rows] for name in EVENT_COLUMNS)
        connection.exec_driver_sql(_INSERT_POSTGRES, columns)


def insert_dead(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Dead letters; one that is there already is left as it is."""
    _insert(session, _DEAD, rows)


def insert_forks(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Quarantined events; how many of them were not there yet."""
    if not rows:
        return 0
    statement = insert_into(session.connection(), _QUARANTINE).on_conflict_do_nothing().returning(_QUARANTINE.c.seq)
    return len(session.connection().execute(statement, list(rows)).all())


def note_refused(session: Session, refused: Refused, now_ms: int) -> None:
    """Keep the beginning of a refused message; the oldest go when there are too many."""
    values = {
        "topic": refused.topic[:200],
        "gateway_id": refused.gateway,
        "trust": refused.trust,
        "problem": refused.problem[:PROBLEM_MAX_CHARS],
        "size_bytes": len(refused.payload),
        "head": refused.payload[:REFUSED_HEAD_BYTES],
        "received_ms": now_ms,
    }
    number = session.execute(_REFUSED.insert().values(**values).returning(_REFUSED.c.id)).scalar_one()
    session.execute(delete(_REFUSED).where(_REFUSED.c.id <= number - REFUSED_MAX_ROWS))


def count_events(session: Session) -> int:
    """How many events there are."""
    return int(session.execute(select(func.count()).select_from(_EVENT)).scalar_one())


def _insert(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    # How many were new is not asked for: psycopg does not know it of many rows at once, and RETURNING would cost.
    if rows:
        session.connection().execute(insert_into(session.connection(), table).on_conflict_do_nothing(), list(rows))
