"""Facts between programs: what a notification holds, and that PostgreSQL carries it."""

import json
import queue
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from server.services.live import Channel, Fact, Feed
from server.services.live_wire import PAYLOAD_MAX_BYTES, LiveWire, hear, payloads
from server.services.work import SYSTEM, Transactions
from server.tables.engine import make_engine

WAIT_S = 20.0
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=2000)
told = st.tuples(st.sampled_from(["event", "alarm", "card"]), st.fixed_dictionaries({"id": texts}))


def heard(payload: str, me: str) -> list[tuple[Channel, Fact]]:
    found: list[tuple[Channel, Fact]] = []
    hear(payload, me, lambda channel, fact: found.append((channel, fact)))
    return found


@given(st.lists(told, max_size=30))
def test_what_was_told_is_heard_in_its_order_and_every_notification_fits(facts: list[Any]) -> None:
    sent = list(payloads("host-1-abcd", facts))
    assert all(len(payload.encode()) <= PAYLOAD_MAX_BYTES for payload in sent)
    assert [one for payload in sent for one in heard(payload, "another")] == facts


def test_few_notifications_carry_many_facts() -> None:
    facts: list[tuple[Channel, Fact]] = [("event", {"id": n}) for n in range(100)]
    assert len(list(payloads("me", facts))) == 1
    assert list(payloads("me", [])) == []


def test_what_is_too_long_is_told_as_lost() -> None:
    facts: list[tuple[Channel, Fact]] = [("card", {"id": 1}), ("event", {"note": "长" * 3000}), ("card", {"id": 2})]
    (payload,) = payloads("me", facts)
    assert heard(payload, "another") == [("card", {"id": 1}), ("lost", {}), ("card", {"id": 2})]


def test_our_own_words_and_nonsense_are_passed_over() -> None:
    (payload,) = payloads("me", [("card", {"id": 1})])
    assert heard(payload, "me") == []
    for nonsense in ("", "{}", "[]", "5", '["x",["card"]]', json.dumps(["x", ["moon", {}], ["card", 5]])):
        assert heard(nonsense, "me") == []


class Program:
    """One of several on the same data base."""

    def __init__(self, url: str, name: str) -> None:
        self.engine = make_engine(url)
        self.feed = Feed()
        self.heard: queue.Queue[tuple[Channel, Fact]] = queue.Queue()
        self.feed.listen(lambda channel, fact: self.heard.put((channel, dict(fact))))
        self.wire = LiveWire(self.engine, self.feed, name)
        self.transactions = Transactions(
            self.engine, clock=lambda: 0, real_clock=lambda: 0, entropy=bytes, feed=self.feed, wire=self.wire
        )
        self.wire.start()
        assert self.hears() == ("lost", {}), "what was told before we listened is looked for in the tables"

    def hears(self) -> tuple[Channel, Fact]:
        return self.heard.get(timeout=WAIT_S)

    def end(self) -> None:
        self.wire.stop()
        self.engine.dispose()


@pytest.fixture
def two(postgres_url: str) -> Iterator[tuple[Program, Program]]:
    one, other = Program(postgres_url, "one"), Program(postgres_url, "other")
    yield one, other
    one.end()
    other.end()


@pytest.mark.postgres
def test_a_commit_is_heard_everywhere_once_and_a_rollback_nowhere(two: tuple[Program, Program]) -> None:
    one, other = two
    with suppress(RuntimeError), one.transactions.work(SYSTEM) as work:
        work.tell("card", {"id": "never"})
        raise RuntimeError
    with one.transactions.work(SYSTEM) as work:
        work.tell("card", {"id": "王"})
        assert other.heard.empty()
    assert one.hears() == other.hears() == ("card", {"id": "王"})
    with other.transactions.work(SYSTEM) as work:
        work.tell("card", {"id": 2})
    assert one.hears() == other.hears() == ("card", {"id": 2})
    assert one.heard.empty()
    assert other.heard.empty()


@pytest.mark.postgres
def test_a_lost_connection_is_made_again_and_said(two: tuple[Program, Program]) -> None:
    one, other = two
    with one.engine.begin() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN onecard_live'")
        )
    assert one.hears() == other.hears() == ("lost", {})
    with one.transactions.work(SYSTEM) as work:
        work.tell("card", {"id": 3})
    assert other.hears() == ("card", {"id": 3})
