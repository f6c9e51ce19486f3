"""The tables of the policy book."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.policy.rules import CardEntry
from card_protocol.words.card import CardState
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
    with pytest.raises(NotOurs, match="format 1"):
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


def test_cards_are_found_by_id_and_by_uid(tmp_path: Path) -> None:
    connection = schema.connect_cards(cards_file(tmp_path, card(1), card(2, uid=None, levels=())))
    assert schema.card_of(connection.execute(schema.CARD_BY_ID, (card_id(2),)).fetchone()) == card(
        2, uid=None, levels=()
    )
    assert schema.card_of(connection.execute(schema.CARD_BY_UID, (card(1).uid,)).fetchone()) == card(1)
    assert connection.execute(schema.CARD_BY_UID, ("04FFFFFFFFFFFF",)).fetchone() is None


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


@given(
    st.sampled_from(CardState),
    st.lists(st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True), max_size=8).map(tuple),
    st.integers(0, 2**46),
    st.integers(0, 2**46),
)
def test_a_row_gives_the_card_back(
    tmp_path_factory: pytest.TempPathFactory, state: CardState, levels: tuple[str, ...], starts: int, ends: int
) -> None:
    entry = card(7, state=state, levels=levels, valid_from_ms=starts, valid_to_ms=ends)
    connection = schema.connect_cards(cards_file(tmp_path_factory.mktemp("b"), entry))
    found = schema.card_of(connection.execute(schema.CARD_BY_ID, (card_id(7),)).fetchone())
    assert found == entry
    assert found.to_bytes() == entry.to_bytes()
    connection.close()
