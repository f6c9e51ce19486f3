"""Wishes between threads."""

import threading

from server.services.signals import Signals, Wish


def test_the_same_wish_twice_is_one_and_is_taken_once() -> None:
    signals = Signals()
    signals.wish(Wish.PUBLISH, Wish.REVOKE)
    signals.wish(Wish.PUBLISH)
    assert signals.wait(0) == {Wish.PUBLISH, Wish.REVOKE}
    assert signals.wait(0) == frozenset()


def test_a_wish_wakes_who_waits() -> None:
    signals = Signals()
    taken: list[frozenset[Wish]] = []
    waiter = threading.Thread(target=lambda: taken.append(signals.wait(60)))
    waiter.start()
    signals.wish(Wish.REVOKE)
    waiter.join(30)
    assert taken == [frozenset({Wish.REVOKE})]


def test_closing_wakes_who_waits_with_nothing() -> None:
    signals = Signals()
    taken: list[frozenset[Wish]] = []
    waiter = threading.Thread(target=lambda: taken.append(signals.wait(60)))
    waiter.start()
    signals.close()
    waiter.join(30)
    assert taken == [frozenset()]


def test_each_waiter_takes_its_own_kind() -> None:
    signals = Signals()
    signals.wish(Wish.PUBLISH)
    assert signals.wait(0, frozenset({Wish.REVOKE})) == frozenset()
    signals.wish(Wish.REVOKE)
    assert signals.wait(0, frozenset({Wish.REVOKE})) == {Wish.REVOKE}
    assert signals.wait(0, frozenset({Wish.PUBLISH})) == {Wish.PUBLISH}
