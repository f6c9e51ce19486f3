"""Bring a data base to the present tables; runs at every start of the server."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from server.tables import Row
from server.tables.engine import WRITES, is_sqlite
from server.tables.partitions import is_ours

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
HEAD = "head"
_LOCK_NUMBER = 0x6F6E6563
"""Of PostgreSQL's advisory lock: two servers that start at once migrate one after the other."""


class NewerDatabase(Exception):
    """The data base was written by a newer version; going on would damage it."""


def migrate(engine: Engine) -> str:
    """Run what is missing, in one transaction; the revision afterwards. NewerDatabase when it is unknown to us."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if not is_sqlite(engine):
            connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        return migrate_on(connection)


def migrate_on(connection: Connection, revision: str = HEAD) -> str:
    """The same in a transaction of the caller's, up to `revision`. NewerDatabase when that one is unknown to us."""
    config = _config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    for wanted in (revision_of(connection), revision):
        if wanted not in known | {HEAD, ""}:
            raise NewerDatabase(f"the data base is at revision {wanted}, which this version does not know")
    command.upgrade(config, revision)
    return revision_of(connection)


def revision_of(connection: Connection) -> str:
    """Where the data base stands; empty before the first migration."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def differences(connection: Connection) -> list[object]:
    """What the tables in the code have and the data base has not, or the other way round."""
    options = {"compare_type": True, "target_metadata": Row.metadata, "include_object": is_ours}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, Row.metadata))


def new_revision(engine: Engine, name: str, message: str) -> None:
    """For developers: write the migration from the data base to the tables in the code, to be read and mended."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        command.revision(_config(connection), message=message, rev_id=name, autogenerate=True)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
