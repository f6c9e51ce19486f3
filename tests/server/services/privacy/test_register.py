"""The register against the tables: nothing about people is kept without a purpose."""

from server.services.privacy.aims import PROCESSINGS, Aim
from server.services.privacy.register import NOBODYS, REGISTER, WHO_COLUMNS, End, Found, tables_of
from server.services.privacy.rules import RULES
from server.tables import Row

TABLES = Row.metadata.tables


def test_no_table_is_in_both_lists() -> None:
    assert not set(REGISTER) & NOBODYS, "that every table is in one of them: tests/server/tables/test_migrate.py"


def test_a_table_with_a_column_about_people_is_in_the_register() -> None:
    told = {name for name, table in TABLES.items() if WHO_COLUMNS & set(table.c.keys())}
    assert told <= set(REGISTER)


def test_every_field_is_a_column_and_everything_is_found_by_one() -> None:
    for name, use in REGISTER.items():
        columns = set(TABLES[name].c.keys())
        assert set(use.fields) <= columns, name
        assert {column for column, _ in use.blanked} <= columns, name
        assert (use.end is End.UNNAMED) == bool(use.blanked), name
        if use.found in (Found.HOLDER, Found.SELF, Found.CARD, Found.CASE, Found.TARGET):
            assert use.found.value in columns, name


def test_every_purpose_has_its_tables_or_only_events() -> None:
    for aim in Aim:
        assert tables_of(aim) or any(rule.aim is aim for rule in RULES), aim


def test_what_rests_on_consent_can_be_erased() -> None:
    for name, use in REGISTER.items():
        assert PROCESSINGS[use.aim].consent is None or use.end is not End.KEPT, name
