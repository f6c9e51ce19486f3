"""The whole server in one file, and what such a file must look like before anybody relies on it.

A zip archive: `backup.json` says what it is; `keystore.json` is the keystore as it sleeps, closed by its passphrase;
`tables/NAME.jsonl` holds a table, a JSON array of its columns a line, bytes in hex. Rows are text and not pages of a
data base, so a backup of SQLite can be restored into PostgreSQL and the other way round. It holds names and
whereabouts in clear: keep it where the data base might lie.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import LargeBinary, Table, select
from sqlmodel import Session

from server.services.keys.keystore_file import read as read_keystore
from server.services.operator_error import OperatorError
from server.services.work import Transactions
from server.tables import PolicyVersionRow, Row, SessionRow
from server.tables.migrate import revision_of

FORMAT: Final = "onecard-backup-1"
NOT_KEPT: Final = frozenset({str(SessionRow.__tablename__), str(PolicyVersionRow.__tablename__)})
"""Whoever was signed in signs in again; policies are compiled anew under new numbers."""

READ_ROWS: Final = 2000
LINE_MAX_BYTES: Final = 16 * 1024 * 1024
HEAD_MAX_BYTES: Final = 1024 * 1024
HEAD, KEYSTORE = "backup.json", "keystore.json"

Tell = Callable[[str, int], None]
"""(table, its rows)."""


class BackupError(OperatorError):
    """Why a backup cannot be made or used."""


class TableHead(BaseModel):
    """One table in a backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    columns: list[str]
    rows: int
    sha256: str


class BackupHead(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: str
    community: str
    made_ms: int
    revision: str
    keystore_check: str
    tables: list[TableHead]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)


def make(transactions: Transactions, keystore: Path, passphrase: str, target: Path, tell: Tell) -> BackupHead:
    """Write one moment of the server to `target`, which must not exist; nothing is left when it fails.

    The server may go on meanwhile. BackupError; KeystoreError when the keystore does not open.
    """
    kept = read_keystore(keystore, passphrase)
    part = target.with_name(target.name + ".part")
    if target.exists():
        raise BackupError(
            f"there is a file {target} already; it is never overwritten", f"文件 {target} 已存在；备份不会覆盖已有文件"
        )
    try:
        with _private(part) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(KEYSTORE, keystore.read_bytes())
            with transactions.snapshot() as session:
                tables = [_write_table(archive, session, table, tell) for table in _kept_tables()]
                revision = revision_of(session.connection())
            head = BackupHead(
                format=FORMAT,
                community=kept.community,
                made_ms=transactions.clock(),
                revision=revision,
                keystore_check=kept.check_value(),
                tables=tables,
            )
            archive.writestr(HEAD, head.model_dump_json(indent=1))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(target)
    except OSError as error:
        raise BackupError(f"cannot write {target}: {error.strerror}", f"无法写入 {target}：{error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return head


def read_head(archive: zipfile.ZipFile) -> BackupHead:
    """What the backup is; BackupError when it is none of ours."""
    try:
        if archive.getinfo(HEAD).file_size > HEAD_MAX_BYTES:
            raise BackupError(
                "this is no backup of onecard: what it says of itself is too long", "这不是一卡通的备份：其说明过长"
            )
        head = BackupHead.model_validate_json(archive.read(HEAD))
    except (KeyError, ValidationError, zipfile.BadZipFile) as error:
        raise BackupError(
            "this is no backup of onecard, or it is damaged", "这不是一卡通的备份，或文件已损坏"
        ) from error
    if head.format != FORMAT:
        raise BackupError(
            f"this backup has the form {head.format}; this version reads {FORMAT}",
            f"此备份的格式为 {head.format}；本版本读取 {FORMAT}",
        )
    return head


def lines(archive: zipfile.ZipFile, table: TableHead) -> Iterator[list[Any]]:
    """The rows of a table, in order. BackupError as soon as something is not as it was written."""
    digest, count = hashlib.sha256(), 0
    try:
        with archive.open(_member(table.name)) as file:
            while line := file.readline(LINE_MAX_BYTES):
                digest.update(line)
                count += 1
                row = json.loads(line)
                if not isinstance(row, list) or len(row) != len(table.columns):
                    raise ValueError
                yield row
    except (KeyError, ValueError, zipfile.BadZipFile, OSError) as error:
        raise BackupError(
            f"the backup is damaged: table {table.name}, row {count}", f"备份已损坏：表 {table.name}，第 {count} 行"
        ) from error
    if (digest.hexdigest(), count) != (table.sha256, table.rows):
        raise BackupError(
            f"the backup is damaged: table {table.name} is not the one that was written",
            f"备份已损坏：表 {table.name} 与写入时不同",
        )


def _kept_tables() -> list[Table]:
    """Every table that is kept, those that others refer to first."""
    return [table for table in Row.metadata.sorted_tables if table.name not in NOT_KEPT]


def _write_table(archive: zipfile.ZipFile, session: Session, table: Table, tell: Tell) -> TableHead:
    digest, count = hashlib.sha256(), 0
    binary = [isinstance(column.type, LargeBinary) for column in table.columns]
    statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=READ_ROWS)
    with archive.open(_member(table.name), "w", force_zip64=True) as file:
        for row in session.execute(statement):
            values = [_text(value) if is_bytes else value for value, is_bytes in zip(row, binary, strict=True)]
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            count += 1
            file.write(line)
    tell(table.name, count)
    names = [column.name for column in table.columns]
    return TableHead(name=table.name, columns=names, rows=count, sha256=digest.hexdigest())


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _private(path: Path) -> BinaryIO:
    """A new file that only its owner can read."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
