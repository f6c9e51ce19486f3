"""The tables of the policy book."""

import sqlite3
from pathlib import Path

import pytest

from card_protocol.policy.rules import CardEntry
from gateway.drivers import book_schema as schema
from gateway.drivers.sqlite_faults import NotOurs
from tests.gateway.policies import card, card_id


def test_a_new_book_holds_nothing_and_is_private(tmp_path: Path) -> None:
    schema.create(tmp_path / "b.db")
    connection = schema.connect(tmp_path / "b.db")
    assert schema.edition(connection) == schema.Edition(0, "", "", 0, 0, 0)
    assert (tmp_path / "b.db").stat().st_mode & 0o077 == 0
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_another_format_and_another_program_are_not_ours(tmp_path: Path) -> None:
    schema.create(tmp_path / "b.db")
    connection = schema.connect(tmp_path / "b.db")
    connection.execute("UPDATE book SET format = 9")
    with pytest.raises(NotOurs, match="format 3"):
        schema.edition(connection)
    with pytest.raises(NotOurs, match="holds no policy book"):
        schema.edition(sqlite3.connect(tmp_path / "other.db"))


def cards_file(folder: Path, *cards: CardEntry) -> Path:
    path = folder / "book-cards-1.db"
    connection = schema.begin_cards(path)
    schema.insert_cards(connection, cards)
    schema.finish_cards(connection)
    connection.close()
    return path


def find(connection: sqlite3.Connection, query: str, key: str | None) -> CardEntry | None:
    row = connection.execute(query, (key,)).fetchone()
    return schema.card_in(row) if row else None


def test_cards_are_found_by_id_and_by_uid(tmp_path: Path) -> None:
    plain = card(2, uid=None, levels=())
    connection = schema.connect_cards(cards_file(tmp_path, card(1), plain))
    assert find(connection, schema.CARD_BY_ID, card_id(2)) == plain
    assert find(connection, schema.CARD_BY_UID, card(1).uid) == card(1)
    assert find(connection, schema.CARD_BY_UID, "04FFFFFFFFFFFF") is None
    assert find(connection, schema.CARD_BY_UID, None) is None


@pytest.mark.parametrize(
    "rotten",
    [
        {"state": "sleeping"},
        {"state": None},
        {"valid_to_ms": "tomorrow"},
        {"valid_from_ms": None},
        {"valid_from_ms": -1},
        {"valid_to_ms": 2**62},
        {"levels": None},
        {"levels": b"home"},
        {"traits": b"{"},
        {"traits": 7},
    ],
)
def test_a_row_that_has_rotted_is_no_card(tmp_path: Path, rotten: dict[str, object]) -> None:
    connection = schema.connect_cards(cards_file(tmp_path, card(1)))
    cursor = connection.execute(schema.CARD_BY_ID, (card_id(1),))
    row = dict(zip((name for name, *_ in cursor.description), cursor.fetchone(), strict=True)) | rotten
    with pytest.raises(ValueError, match=r"card|times|Traits"):
        schema.card_in(tuple(row.values()))  # type: ignore[arg-type]


def test_the_look_ups_use_their_indexes(tmp_path: Path) -> None:
    connection = schema.connect_cards(cards_file(tmp_path, card(1)))
    for query in (schema.CARD_BY_ID, schema.CARD_BY_UID):
        plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", ("x",)).fetchall()
        assert "SCAN" not in str(plan)


def test_a_finished_card_file_cannot_be_written(tmp_path: Path) -> None:
    connection = schema.connect_cards(cards_file(tmp_path, card(1)))
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM card")


def test_a_card_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        cards_file(tmp_path, card(1), card(1))
