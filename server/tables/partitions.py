"""Events by month on PostgreSQL (declarative partitioning by `received_ms`, months of UTC).

A month is a table of its own, so that the newest indexes stay small and an old month goes in one stroke. Months are
made ahead. What arrives in a month that nobody has made lands in `event_rest` and moves when the month is made:
nothing waits and nothing is lost for want of a partition.

PostgreSQL wants the partition key in every unique key of the whole, so `(gateway_id, epoch, seq)` is unique within
each month, and `id` within the whole only by its sequence. That a number comes once over all months is kept by the
intake's position, which moves in the same transaction under a lock.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, event, text

from server.tables.engine import is_sqlite
from server.tables.event import EventRow

MONTHS_AHEAD = 3
REST = "event_rest"
_NAME = re.compile(r"event_(\d{4})_(\d{2})")
_LOCK_NUMBER = 0x6F6E6533
"""Of PostgreSQL's advisory lock: one program at a time makes and drops months."""


@dataclass(frozen=True, order=True)
class Month:
    """A month of UTC."""

    year: int
    number: int

    @property
    def table(self) -> str:
        """What its partition is called."""
        return f"event_{self.year:04}_{self.number:02}"

    @property
    def start_ms(self) -> int:
        """Its first millisecond; the partition ends where the next month starts."""
        return int(datetime(self.year, self.number, 1, tzinfo=UTC).timestamp()) * 1000

    def plus(self, months: int) -> "Month":
        """So many months later."""
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)


def month_at(wall_ms: int) -> Month:
    """The month of a moment."""
    day = datetime.fromtimestamp(wall_ms / 1000, UTC)
    return Month(day.year, day.month)


def months(connection: Connection) -> list[Month]:
    """The months that have a partition, the oldest first."""
    statement = "SELECT relid::regclass::text FROM pg_partition_tree('event') WHERE isleaf"
    found = (_NAME.fullmatch(name) for name in connection.scalars(text(statement)))
    return sorted(Month(int(match[1]), int(match[2])) for match in found if match is not None)


def make_months(connection: Connection, now_ms: int) -> list[Month]:
    """Make the present month and the next ones, and those of what lies in the rest; which were new."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
    there = set(months(connection))
    lying = connection.scalars(text(f"SELECT DISTINCT date_trunc('month', {_UTC}) FROM {REST}"))  # noqa: S608
    wanted = {Month(day.year, day.month) for day in lying} | set(_ahead(month_at(now_ms)))
    fresh = sorted(wanted - there)
    for month in fresh:
        _make(connection, month)
    return fresh


def drop_month(connection: Connection, month: Month) -> None:
    """Remove a month with everything in it."""
    connection.execute(text(f"DROP TABLE {month.table}"))


def partition_events(connection: Connection) -> None:
    """Turn a plain table of events into a partitioned one; what is in it moves into its months."""
    indexes = list(connection.scalars(text(_PLAIN_INDEXES)))
    for statement in (
        "ALTER TABLE event RENAME TO event_plain",
        "CREATE TABLE event (LIKE event_plain INCLUDING DEFAULTS) PARTITION BY RANGE (received_ms)",
        "ALTER SEQUENCE event_id_seq OWNED BY event.id",
        f"CREATE TABLE {REST} PARTITION OF event DEFAULT",
        f"INSERT INTO {REST} SELECT * FROM event_plain ORDER BY id",  # noqa: S608
        "DROP TABLE event_plain",
        "ALTER TABLE event ADD CONSTRAINT pk_event PRIMARY KEY (id, received_ms)",
        _unique(REST),
        *indexes,
    ):
        connection.execute(text(statement))


def is_ours(_object: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """For Alembic's comparison: months are no tables of the code, and the key over all of them is no constraint."""
    if kind == "table" and reflected:
        return not (name == REST or _NAME.fullmatch(name or ""))
    return not (kind == "unique_constraint" and name == "uq_event_gateway_id_epoch_seq")


_PLAIN_INDEXES = (
    "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'event'::regclass AND NOT indisunique"
)
_UTC = "to_timestamp(received_ms / 1000.0) AT TIME ZONE 'UTC'"


def _ahead(first: Month) -> Iterator[Month]:
    return (first.plus(n) for n in range(MONTHS_AHEAD + 1))


def _make(connection: Connection, month: Month) -> None:
    """Beside the whole first: as a part of it, it could not be made while the rest holds rows of that month."""
    start, end = month.start_ms, month.plus(1).start_ms
    for statement in (
        f"CREATE TABLE {month.table} (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)",
        _unique(month.table),
        f"WITH moved AS (DELETE FROM {REST} WHERE received_ms >= {start} AND received_ms < {end} RETURNING *) "  # noqa: S608
        f"INSERT INTO {month.table} SELECT * FROM moved ORDER BY id",
        f"ALTER TABLE event ATTACH PARTITION {month.table} FOR VALUES FROM ({start}) TO ({end})",
    ):
        connection.execute(text(statement))


def _unique(table: str) -> str:
    return f"CREATE UNIQUE INDEX uq_{table} ON {table} (gateway_id, epoch, seq)"


def _after_create(_table: Table, connection: Connection, **_: object) -> None:
    if not is_sqlite(connection):
        partition_events(connection)


event.listen(EventRow.__table__, "after_create", _after_create)  # type: ignore[attr-defined]
