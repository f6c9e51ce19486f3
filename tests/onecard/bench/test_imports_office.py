"""The office of the import bench takes a list over and back, as the page does."""

from onecard.bench import imports_office, live_hall
from onecard.bench.application import house_of
from onecard.bench.imports_list import workbook
from server.services.opening import transactions_on
from server.services.work import SYSTEM
from server.tables import Row
from server.tables.engine import make_engine

ROWS = 30


def test_every_step_is_timed_and_the_list_is_taken_back(tmp_path, monkeypatch):
    monkeypatch.setattr(live_hall, "HOLDERS", 50)
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    Row.metadata.create_all(engine)
    transactions = transactions_on(engine)
    with transactions.work(SYSTEM) as work:
        live_hall.settle(work)
    with engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM holder").scalar_one()
    with imports_office._tapping(transactions) as taps_ms:
        done = imports_office.take_over(house_of(transactions), workbook(ROWS))
    assert list(done.took_s) == ["read", "keep", "dry_run", "take_over", "take_back"]
    assert done.counts == {"new": ROWS}
    assert all(took > 0 for took in taps_ms)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM holder").scalar_one() == before
    engine.dispose()
