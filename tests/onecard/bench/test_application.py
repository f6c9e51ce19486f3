"""The application of the benchmarks answers whom it knows and nobody else."""

import httpx

from onecard.bench.application import COMMUNITY, COOKIE, application, cookie, serving
from server.services.opening import transactions_on
from server.services.roles import Role
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.work import SYSTEM
from server.tables import Row
from server.tables.engine import make_engine


def test_who_is_signed_in_sees_a_page(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    Row.metadata.create_all(engine)
    transactions = transactions_on(engine)
    with transactions.work(SYSTEM) as work:
        org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区", name_en="Shanxian"))
    secret = cookie(transactions, "somebody", Role.GUARD)
    with (
        serving(application(transactions)) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser,
    ):
        assert browser.get("/live").status_code == 303
        assert browser.get("/live", headers={"Cookie": f"{COOKIE}={secret}"}).status_code == 200
    engine.dispose()
