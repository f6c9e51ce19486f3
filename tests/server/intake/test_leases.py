"""Leases on a real PostgreSQL: who owns what, and that two never do at once."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from server.intake.leases import Leases
from server.intake.shards import SHARDS, shard_of
from server.services.work import SYSTEM
from server.tables.engine import make_engine
from tests.server.build import Community, make_community
from tests.support.patience import eventually

pytestmark = pytest.mark.postgres
WAIT_S = 20.0


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    made = make_engine(postgres_url)
    yield made
    made.dispose()


@pytest.fixture
def shared(engine: Engine) -> Community:
    return make_community(engine)


def lease(shared: Community, name: str) -> Leases:
    return Leases(shared.transactions, name)


def test_one_worker_owns_everything_and_two_share(shared: Community) -> None:
    one, two = lease(shared, "one"), lease(shared, "two")
    assert one.beat() == frozenset(range(SHARDS))
    assert two.beat() == frozenset(), "what lives is not robbed"
    kept = one.beat()
    assert len(kept) == SHARDS // 2
    assert two.beat() == frozenset(range(SHARDS)) - kept
    assert one.beat() == kept, "and then it rests"


def test_a_worker_that_leaves_is_followed_at_once(shared: Community) -> None:
    one, two = lease(shared, "one"), lease(shared, "two")
    one.beat()
    one.leave()
    assert two.beat() == frozenset(range(SHARDS))


def test_a_silent_worker_is_followed_when_its_lease_has_run_out(shared: Community) -> None:
    one, two = Leases(shared.transactions, "one", lease_ms=60_000), lease(shared, "two")
    one.beat()
    assert two.beat() == frozenset()
    with shared.transactions.work(SYSTEM) as work:
        work.session.execute(text("UPDATE intake_worker SET until_ms = 0 WHERE name = 'one'"))
    assert two.beat() == frozenset(range(SHARDS))
    with shared.transactions.work(SYSTEM) as work:
        assert one.fence(work.session, {"g-1"}) == frozenset(), "it may sleep as long as it likes: it finds out"
        assert two.fence(work.session, {"g-1"}) == {"g-1"}


def test_the_fence_lets_only_our_own_gateways_through(shared: Community) -> None:
    one, two = lease(shared, "one"), lease(shared, "two")
    for worker in (one, two, one, two):
        worker.beat()
    names = {f"g-{n}" for n in range(50)}
    with shared.transactions.work(SYSTEM) as work:
        ours, theirs = one.fence(work.session, names), two.fence(work.session, names)
    assert ours | theirs == names
    assert not ours & theirs
    assert ours
    assert theirs


def test_a_shard_changes_hands_only_between_transactions(shared: Community) -> None:
    """The old owner is in the middle of a commit when its lease runs out: its shard waits, the others go over."""
    one, two = lease(shared, "one"), lease(shared, "two")
    one.beat()
    busy = shard_of("g-1")
    with shared.transactions.work(SYSTEM) as work:
        assert one.fence(work.session, {"g-1"}) == {"g-1"}
        with shared.transactions.work(SYSTEM) as other:
            other.session.execute(text("DELETE FROM intake_worker WHERE name = 'one'"))
        assert two.beat() == frozenset(range(SHARDS)) - {busy}
    assert two.beat() == frozenset(range(SHARDS))


def test_leaving_waits_for_what_is_under_way(shared: Community) -> None:
    one = lease(shared, "one")
    one.beat()
    leaving = threading.Thread(target=one.leave)
    with shared.transactions.work(SYSTEM) as work:
        one.fence(work.session, {"g-1"})
        leaving.start()
        eventually(lambda: waiting(shared))
        assert leaving.is_alive()
    leaving.join(WAIT_S)
    assert not leaving.is_alive()
    assert lease(shared, "two").beat() == frozenset(range(SHARDS))


def waiting(shared: Community) -> bool:
    """Whether somebody waits for a lock in PostgreSQL."""
    with shared.transactions.read() as session:
        statement = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(session.scalar(text(statement)))
