"""The walk: every address is a page, and each kind of page is asked about somebody else each time."""

import pytest

from onecard.bench import pages, pages_walk
from onecard.bench.application import application, cookie, serving
from onecard.bench.pages_load import settle
from onecard.bench.pages_town import Town, person
from onecard.bench.pages_walk import ADDRESSES, bare_lookup_ms, figures, walk
from server.services.opening import transactions_on
from server.services.roles import Role
from server.services.work import SYSTEM
from server.tables import Row
from server.tables.engine import make_engine


@pytest.fixture
def town(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    Row.metadata.create_all(engine)
    transactions = transactions_on(engine)
    made = Town(120, transactions.clock())
    with transactions.work(SYSTEM) as work:
        pages.found(work, made)
    settle(engine, made, lambda _what: None)
    yield made, transactions
    engine.dispose()


def test_a_walk_comes_by_every_page(town, monkeypatch):
    made, transactions = town
    monkeypatch.setattr(pages_walk, "WARM_ROUNDS", 0)
    secret = cookie(transactions, "walker", Role.ADMIN)
    with serving(application(transactions)) as port:
        found = walk(port, secret, made, 1, lambda _what: None)
        assert set(found) == set(ADDRESSES)
        monkeypatch.setattr(pages_walk, "ADDRESSES", {"a hole": lambda _p, _t: "/holders/NONE"})
        with pytest.raises(RuntimeError, match="/holders/NONE: 404"):
            walk(port, secret, made, 1, lambda _what: None)
    assert bare_lookup_ms(transactions.engine, made, 5)["p50_ms"] > 0


def test_addresses_are_about_the_person():
    one, town = person(4711), Town(10_000, 0)
    asked = {name: address(one, town) for name, address in ADDRESSES.items()}
    assert asked["people by card number"] == "/holders?q=4712"
    assert asked["a person"] == f"/holders/{one.id}"
    assert asked["cards by chip"] == f"/cards?q={one.uid}"
    assert len(set(asked.values())) == len(asked)


def test_percentiles_by_nearest_rank():
    assert figures([float(n) for n in range(1, 101)]) == {"p50_ms": 50.0, "p95_ms": 95.0}
