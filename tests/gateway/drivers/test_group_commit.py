"""Group commit: everybody is served once, in order of arrival, and hears of failures."""

import threading
import time

import pytest

from gateway.drivers.group_commit import GROUP_MAX_ITEMS, GroupCommit


class Disk:
    """Counts rounds; `gate` holds the first one until company has come."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.broken = False

    def commit(self, items: list[int]) -> list[int]:
        assert self.gate.wait(10)
        self.rounds.append(items)
        if self.broken:
            raise OSError("no space left")
        return [item * 10 for item in items]


def together(group: GroupCommit[int, int], count: int, disk: Disk) -> dict[int, int | str]:
    """All submit while the first is held at the disk."""
    results: dict[int, int | str] = {}

    def one(number: int) -> None:
        try:
            results[number] = group.submit(number)
        except OSError as error:
            results[number] = str(error)

    disk.gate.clear()
    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while len(group._waiting) < count - 1:
        assert time.monotonic() < deadline
    disk.gate.set()
    for thread in threads:
        thread.join(10)
    return results


def test_one_alone_is_a_round_of_its_own() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)
    assert [group.submit(n) for n in (1, 2, 3)] == [10, 20, 30]
    assert disk.rounds == [[1], [2], [3]]


def test_those_who_wait_share_one_round() -> None:
    disk = Disk()
    results = together(GroupCommit(disk.commit), 9, disk)
    assert results == {n: n * 10 for n in range(9)}
    assert sorted(map(len, disk.rounds)) == [1, 8]


def test_a_round_has_a_bound() -> None:
    disk = Disk()
    results = together(GroupCommit(disk.commit), GROUP_MAX_ITEMS + 20, disk)
    assert len(results) == GROUP_MAX_ITEMS + 20
    assert max(map(len, disk.rounds)) == GROUP_MAX_ITEMS


def test_everyone_of_a_failed_round_hears_of_it_and_the_next_one_goes_on() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)
    disk.broken = True
    assert set(together(group, 4, disk).values()) == {"no space left"}
    disk.broken = False
    assert group.submit(7) == 70


def test_many_threads_many_rounds() -> None:
    disk = Disk()
    group = GroupCommit(disk.commit)

    def run(base: int) -> None:
        for number in range(base, base + 200):
            assert group.submit(number) == number * 10

    threads = [threading.Thread(target=run, args=(1000 * n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    seen = [item for round_ in disk.rounds for item in round_]
    assert sorted(seen) == sorted(1000 * n + i for n in range(6) for i in range(200))
    for base in range(0, 6000, 1000):
        assert [i for i in seen if base <= i < base + 200] == list(range(base, base + 200)), "each thread in its order"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupted_leader_leaves_nobody_waiting(error: type[BaseException]) -> None:
    group: GroupCommit[int, int] = GroupCommit(lambda _: (_ for _ in ()).throw(error))
    with pytest.raises(error):
        group.submit(1)
    with pytest.raises(error):
        group.submit(2)
