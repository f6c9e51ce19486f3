"""Units of work: all or nothing, and nothing is told before the commit."""

import threading

import pytest

from server.services.signals import Wish
from server.services.work import SYSTEM, counter_value, take_numbers
from server.tables import CounterRow
from tests.server.build import Community


def test_facts_and_wishes_go_out_after_the_commit(community: Community) -> None:
    community.heard.clear()
    community.transactions.signals.wait(0)
    with community.transactions.work(SYSTEM) as work:
        work.tell("card", {"id": "1"})
        work.wish(Wish.PUBLISH)
        assert community.heard == []
    assert community.heard == [("card", {"id": "1"})]
    assert community.transactions.signals.wait(0) == {Wish.PUBLISH}


def test_an_exception_undoes_everything_and_nobody_hears_of_it(community: Community) -> None:
    community.heard.clear()
    community.transactions.signals.wait(0)

    def work_and_fail() -> None:
        with community.transactions.work(SYSTEM) as work:
            work.session.add(CounterRow(name="x", value=5))
            work.session.flush()
            work.tell("card", {})
            work.wish(Wish.REVOKE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work_and_fail()
    with community.transactions.read() as session:
        assert counter_value(session, "x") == 0
    assert community.heard == []
    assert community.transactions.signals.wait(0) == frozenset()


def test_both_clocks_come_from_outside(community: Community) -> None:
    community.now[0], community.real[0] = 111, 222
    with community.transactions.work(SYSTEM) as work:
        assert (work.now_ms, work.real_ms) == (111, 222)


def test_ids_are_different(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        assert len({work.new_id() for _ in range(20)}) == 20


def test_numbers_rise_without_a_hole(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        assert [work.next_number("n"), work.next_number("n")] == [1, 2]
        assert take_numbers(work.session, "n", 5) == 3
        assert work.next_number("n") == 8
        assert work.next_number("another") == 1
    with community.transactions.read() as session:
        assert counter_value(session, "n") == 8


def test_numbers_of_many_writers_at_once_have_no_hole(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        work.next_number("n")
    taken: list[int] = []

    def take() -> None:
        for _ in range(5):
            with community.transactions.work(SYSTEM) as own:
                taken.append(own.next_number("n"))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == list(range(2, 22))


def test_a_snapshot_sees_one_moment_and_hinders_nobody(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        work.next_number("n")
    with community.transactions.snapshot() as session:
        assert counter_value(session, "n") == 1
        with community.transactions.work(SYSTEM) as work:
            work.next_number("n")
        assert counter_value(session, "n") == 1
    with community.transactions.snapshot() as session:
        assert counter_value(session, "n") == 2
