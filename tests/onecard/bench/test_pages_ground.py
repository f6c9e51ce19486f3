"""Where a town stands: kept where somebody says, thrown away otherwise."""

import pytest
from sqlalchemy import text

from onecard.bench.pages_ground import opened, place
from server.tables.engine import make_engine


def test_a_folder_that_was_named_stays_and_another_goes(tmp_path):
    with place("sqlite", 10, tmp_path / "towns") as kept:
        assert kept == tmp_path / "towns" / "sqlite-10"
        (kept / "something").touch()
    with place("sqlite", 10, tmp_path / "towns") as again, place("sqlite", 10, None) as other:
        assert (again / "something").exists()
        assert not any(other.iterdir())
    assert not other.exists()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_was_loaded_is_measured_on_a_disk_that_is_waited_for(kind):
    with place(kind, 10, None) as folder:
        for loading in (True, False):
            with opened(kind, folder, loading=loading) as url:
                engine = make_engine(url)
                with engine.begin() as connection:
                    connection.execute(text("CREATE TABLE one (n int)" if loading else "SELECT n FROM one"))
                    if kind == "postgresql":
                        assert connection.execute(text("SHOW fsync")).scalar() == ("off" if loading else "on")
                engine.dispose()
