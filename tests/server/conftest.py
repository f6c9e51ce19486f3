"""A community on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.tables.engine import make_engine
from tests.server.build import Community, make_community
from tests.server.ground import kept_engine, kept_postgres_url  # noqa: F401 - a fixture

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty data base of each kind."""
    return url_of(request.param, request, tmp_path)


def url_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """An empty data base of this kind; on PostgreSQL a community gets the one that is kept for communities."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'server.db'}"
    kept = "community" in request.fixturenames
    url: str = request.getfixturevalue("kept_postgres_url" if kept else "postgres_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on it."""
    kept = kept_engine(database_url)
    if kept:
        yield kept
        return
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def community(engine: Engine) -> Community:
    """A community with two points, one access level and nobody in it."""
    return make_community(engine)


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """For tests to which the data base does not matter."""
    made = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    yield made
    made.dispose()
