"""A community on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.tables.engine import make_engine
from tests.server.build import Community, make_community

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty data base of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'server.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on it."""
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
