"""The migrations make what the code expects, on both data bases."""

import pytest
from sqlalchemy import Engine, text

from server.services.privacy.register import NOBODYS, REGISTER
from server.tables import Row
from server.tables.migrate import NewerDatabase, differences, migrate


def test_the_migrations_make_the_tables_of_the_code(engine: Engine) -> None:
    revision = migrate(engine)
    assert revision
    with engine.connect() as connection:
        assert differences(connection) == []


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    assert migrate(engine) == migrate(engine)


def test_a_missing_column_is_a_difference(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE holder DROP COLUMN phone_tail"))
    with engine.connect() as connection:
        assert differences(connection) != []


def test_a_data_base_of_a_newer_version_is_left_alone(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    with pytest.raises(NewerDatabase, match="from-the-future"):
        migrate(engine)


def test_every_table_is_in_the_register_of_personal_data_or_names_nobody() -> None:
    """Here, because it is about every new table: say in server/services/privacy/register.py what yours is for."""
    assert set(REGISTER) | NOBODYS == set(Row.metadata.tables)
