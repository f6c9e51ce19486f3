"""A server put back from a backup, into an empty data base of either kind.

Gateways know more than the backup: what it never heard of comes back from them (events are sent again from the first
that is missing, revocations are learned from the events that applied them, `relearning`). What we number ourselves
must not be given out twice, because a gateway follows no number below one that it has seen: the counters leap, and the
further the older the backup is. One that is restored a second time so leaps over what was given out after the first.
"""

import contextlib
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from server.services.backup import backup, relearning
from server.services.backup.backup import BackupError, BackupHead, Tell
from server.services.cards import cards, revocations
from server.services.keys import keystore_backup
from server.services.keys.keystore_file import write_new
from server.services.policies import card_entries, policy
from server.tables import Row
from server.tables.engine import WRITES, is_sqlite
from server.tables.migrate import NewerDatabase, migrate_on

LEAPS: Final = {
    revocations.COUNTER: relearning.LEAP,
    policy.VERSION_COUNTER: 100_000,
    card_entries.COUNTER: 100_000,
    # Cards that were issued after the backup have their number in print.
    cards.NUMBER_COUNTER: 1_000,
}
"""More numbers than a server gives out between two backups."""

SERIALS_LEAP: Final = 1_000
"""Doors remember the newest grant of a card and refuse an older one."""

NUMBERS_A_SECOND: Final = 1
"""How much further the counters leap for the age of the backup: no server gives out so many for long."""
SERIAL_EVERY_S: Final = 3600
"""The same for the grants of one card: they live for days."""

WRITE_ROWS: Final = 1000
_COUNTERS: Final = Row.metadata.tables["counter"]


def restore(
    file: Path,
    engine: Engine,
    keystore: Path,
    passphrase: str,
    community: str,
    tell: Tell,
    check: str | None = None,
    *,
    now_ms: int,
) -> BackupHead:
    """Fill the empty data base and put the keystore in its place; all or nothing. `now_ms` tells the backup's age.

    BackupError or KeystoreError: the file is no whole backup, is another community's, is of a newer version, does
    not open with the passphrase or has another check value than the papers say; the data base is not empty; another
    keystore lies in its place.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            head = backup.read_head(archive)
            if head.community != community:
                raise BackupError(
                    f"this is a backup of {head.community}, the configuration is for {community}",
                    f"此备份属于 {head.community}，而配置为 {community}",
                )
            with _unpacked(archive.read(backup.KEYSTORE), keystore) as sealed:
                kept = keystore_backup.check_backup(sealed, passphrase, community, check)
                if keystore.exists():
                    keystore_backup.check_same(kept, keystore, passphrase)
                _fill(archive, head, engine, tell, max(0, now_ms - head.made_ms) // 1000)
                if not keystore.exists():
                    sealed.rename(keystore)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise BackupError(f"cannot read the backup {file}: {error}", f"无法读取备份 {file}：{error}") from error
    return head


@contextlib.contextmanager
def _unpacked(sealed: bytes, keystore: Path) -> Iterator[Path]:
    """The backup's keystore in a file beside its future place; gone afterwards if it was not moved there."""
    beside = keystore.with_name(keystore.name + ".restored")
    beside.unlink(missing_ok=True)
    write_new(beside, sealed)
    try:
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def _fill(archive: zipfile.ZipFile, head: BackupHead, engine: Engine, tell: Tell, age_s: int) -> None:
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if inspect(connection).get_table_names():
            raise BackupError(
                "the data base is not empty; a backup is restored into an empty one (database_url)",
                "数据库不为空；备份只能恢复到空数据库（database_url）",
            )
        try:
            migrate_on(connection, head.revision)
        except NewerDatabase as error:
            raise BackupError(
                f"the backup was made by a newer version: {error}", f"此备份由更新的版本生成：{error}"
            ) from error
        _insert_all(archive, head, connection, tell)
        migrate_on(connection)
        _leap(connection, age_s)


def _insert_all(archive: zipfile.ZipFile, head: BackupHead, connection: Connection, tell: Tell) -> None:
    """Into the tables as they were when the backup was made; what has changed since is the migrations' business."""
    names = [table.name for table in head.tables]
    there = MetaData()
    there.reflect(connection, only=lambda name, _: name in names)
    for table in head.tables:
        if table.name not in there.tables:
            raise BackupError(
                f"the backup has a table {table.name}, which revision {head.revision} does not know",
                f"备份中的表 {table.name} 在版本 {head.revision} 中不存在",
            )
        _insert(archive, table, there.tables[table.name], connection)
        tell(table.name, table.rows)


def _insert(archive: zipfile.ZipFile, found: backup.TableHead, table: Table, connection: Connection) -> None:
    if unknown := sorted(set(found.columns) - set(table.columns.keys())):
        raise BackupError(
            f"the backup has columns {unknown} in table {table.name}, which its revision does not know",
            f"备份的表 {table.name} 中有该版本不认识的列 {unknown}",
        )
    binary = [isinstance(table.columns[name].type, LargeBinary) for name in found.columns]
    rows = backup.lines(archive, found)
    while group := list(islice(rows, WRITE_ROWS)):
        connection.execute(insert(table), [_values(found.columns, binary, row) for row in group])
    if not is_sqlite(connection):
        _count_on(connection, table)


def _values(columns: list[str], binary: list[bool], row: list[Any]) -> dict[str, Any]:
    try:
        return {
            name: bytes.fromhex(value) if is_bytes and value is not None else value
            for name, is_bytes, value in zip(columns, binary, row, strict=True)
        }
    except (TypeError, ValueError) as error:
        raise BackupError(f"the backup is damaged: {error}", f"备份已损坏：{error}") from error


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL's own counters do not notice rows that bring their numbers along."""
    for column in table.primary_key.columns:
        if not isinstance(column.type, Integer) or (column.server_default is None and column.identity is None):
            continue
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        highest = connection.scalar(func.max(column).select())
        if highest is not None:
            connection.execute(func.setval(sequence, highest).select())


def _leap(connection: Connection, age_s: int) -> None:
    _count(connection, relearning.LOST_FROM, _counted(connection, revocations.COUNTER) + 1)
    for name, leap in LEAPS.items():
        further = 0 if name == cards.NUMBER_COUNTER else age_s * NUMBERS_A_SECOND
        _count(connection, name, _counted(connection, name) + leap + further)
    _count(connection, relearning.LOST_UPTO, _counted(connection, revocations.COUNTER))
    leap = SERIALS_LEAP + age_s // SERIAL_EVERY_S
    connection.execute(text("UPDATE card SET grant_serial = grant_serial + :leap"), {"leap": leap})


def _counted(connection: Connection, name: str) -> int:
    return connection.scalar(select(_COUNTERS.c.value).where(_COUNTERS.c.name == name)) or 0


def _count(connection: Connection, name: str, value: int) -> None:
    connection.execute(delete(_COUNTERS).where(_COUNTERS.c.name == name))
    connection.execute(insert(_COUNTERS).values(name=name, value=value))
