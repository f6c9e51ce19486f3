"""The migrations make what the code expects, on both data bases."""

import pytest
from sqlalchemy import Engine, text

from server.services.privacy.register import NOBODYS, REGISTER
from server.tables import Row
from server.tables.migrate import NewerDatabase, differences, migrate

INCIDENT = (
    "INSERT INTO incident (number, matter, title, text, house, urgency, state, unit, person, path, done_by,"
    " reported_by, reported_ms, changed_ms, closed_by, returns, overdue, late, turn) VALUES"
    " (:number, 'order', 't', '', :house, 'normal', 'reported', 'C', '', '[]', '[]', '', 1, 1, '', 0, 0, false, 1)"
)
PERMIT = (
    "INSERT INTO parking_permit (number, plate, house, place, from_day, to_day, made_by, made_ms)"
    " VALUES (:number, '浙A12345', :house, '', '2026-01-01', '2026-12-31', '', 1)"
)


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


def test_houses_that_were_kept_as_typed_are_kept_as_the_list_has_them(engine: Engine) -> None:
    """Who was entered before the list of houses lives in its houses; who moved out is known to have."""
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE holder DROP COLUMN moved_ms"))
        connection.execute(text("DROP TABLE care_tally"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0042'"))
        connection.execute(text("INSERT INTO org_unit (code, level, name_zh, name_en) VALUES ('C', '', '', '')"))
        person = "INSERT INTO holder (id, pseudonym, org, kind, name, house, phone_tail, tags, created_ms, changed_ms)"
        for number, house in enumerate(("4幢2单元501室", "4-2-501", "警务室", "")):
            values = f" VALUES ('{number}', '{number}', 'C', 'resident', '王秀英', '{house}', '', '[]', 1, 1)"
            connection.execute(text(person + values))
        house = "INSERT INTO house (id, org, code, sort_key, note, created_ms, changed_ms)"
        connection.execute(text(house + " VALUES ('h', 'C', '4-2-501', '', '', 1, 1)"))
        ticket = "INSERT INTO ticket (number, turn, kind, title, house, state, assignee, opened_by,"
        connection.execute(
            text(ticket + " opened_ms, changed_ms) VALUES (1, 0, 'repair', 't', '4幢2单元501室', 'open', '', '', 1, 1)")
        )
        for word in ("4幢2单元501室", "门卫室"):
            connection.execute(text(INCIDENT), {"number": len(word), "house": word})
            connection.execute(text(PERMIT), {"number": len(word), "house": word})
        trail = "INSERT INTO audit (id, at_ms, actor, action, subject, before, after, why, hash)"
        connection.execute(text(trail + " VALUES (1, 77, '', 'holder.leave', 'holder:3', '', '', '', '')"))
    migrate(engine)
    with engine.connect() as connection:
        people = connection.execute(text("SELECT house, moved_ms FROM holder ORDER BY id")).all()
        assert people == [("4-2-501", None), ("4-2-501", None), ("警务室", None), ("", 77)]
        keys = connection.execute(text("SELECT key FROM holder_key WHERE holder_id = '0'")).scalars().all()
        assert "4-2-501" in keys
        members = connection.execute(text("SELECT holder_id FROM household_member ORDER BY holder_id")).scalars().all()
        assert members == ["0", "1"]
        assert connection.execute(text("SELECT house FROM ticket")).scalar() == "4-2-501"
        for table in ("incident", "parking_permit"):
            houses = connection.execute(text(f"SELECT house FROM {table} ORDER BY number")).scalars().all()
            assert houses == ["门卫室", "4-2-501"]
