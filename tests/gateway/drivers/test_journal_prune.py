"""Making room in a journal."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from card_protocol.words.event import GENESIS
from gateway.drivers import journal_prune, journal_schema
from gateway.drivers.journal_check import find_problem
from gateway.drivers.journal_schema import Identity
from gateway.ports.journal import Head
from tests.gateway.world import GATEWAY, NOON_MS, bodies, event

EPOCH = "0123456789abcdef"


def journal(path: Path, texts: list[bytes]) -> tuple[sqlite3.Connection, Identity]:
    journal_schema.create(path, GATEWAY, EPOCH, None)
    connection = journal_schema.connect(path)
    connection.execute("BEGIN")
    journal_schema.insert(connection, journal_schema.link(GATEWAY, Head(EPOCH, 0, GENESIS), texts))
    connection.execute("COMMIT")
    return connection, journal_schema.identity(connection, GATEWAY)


@pytest.mark.parametrize(("upto", "floor"), [(0, 0), (4, 4), (9, 9), (10, 9), (99, 9)])
def test_the_newest_event_always_stays(tmp_path: Path, upto: int, floor: int) -> None:
    connection, who = journal(tmp_path / "j.db", bodies(10))
    tenth = journal_schema.head(connection, who)
    who = journal_prune.prune(connection, who, upto)
    assert who == journal_schema.identity(connection, GATEWAY)
    assert (who.floor_seq, journal_schema.head(connection, who)) == (floor, tenth)
    assert find_problem(connection, GATEWAY, thorough=True) is None


def test_an_empty_journal_has_nothing_to_give(tmp_path: Path) -> None:
    connection, who = journal(tmp_path / "j.db", [])
    assert journal_prune.prune(connection, who, 5) == who


def test_space_goes_back_to_the_file_system(tmp_path: Path) -> None:
    path = tmp_path / "j.db"
    connection, who = journal(path, bodies(4000))
    journal_prune.give_back(connection)
    before = path.stat().st_size
    journal_prune.prune(connection, who, 3990)
    for _ in range(4):
        journal_prune.give_back(connection)
    assert path.stat().st_size < before / 5
    assert path.with_name("j.db-wal").stat().st_size == 0


@settings(max_examples=25)
@given(st.lists(st.integers(0, 5), max_size=40), st.integers(0, 250))
def test_by_age_all_that_is_found_is_older(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], cutoff: int
) -> None:
    times, now = [], NOON_MS
    for step in steps:
        now += step
        times.append(now)
    texts = [event(i).model_copy(update={"wall_ms": t}).to_bytes() for i, t in enumerate(times)]
    connection, who = journal(tmp_path_factory.mktemp("j") / "j.db", texts)
    found = journal_prune.newest_before(connection, who, NOON_MS + cutoff)
    assert found == sum(t < NOON_MS + cutoff for t in times)
    connection.close()


def test_an_event_that_cannot_be_read_counts_as_old(tmp_path: Path) -> None:
    connection, who = journal(tmp_path / "j.db", [b"{", b"[]", b"{}", *bodies(1)])
    assert journal_prune.newest_before(connection, who, NOON_MS) == 3
