"""Shards are dealt out evenly and change hands only through nobody's."""

import hypothesis.strategies as st
from hypothesis import given
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from server.intake.shards import SHARDS, fair_share, moves, shard_of

WORKERS = st.integers(0, 10**9).map(lambda n: f"worker-{n}")


def test_a_gateway_s_shard_is_the_same_in_every_version() -> None:
    """Literal numbers: a program that counted otherwise would own another worker's gateways."""
    assert {name: shard_of(name) for name in ("g-1", "g-2", "south-gate")} == {"g-1": 14, "g-2": 11, "south-gate": 15}


@given(st.sets(WORKERS, min_size=1, max_size=100))
def test_all_shards_are_dealt_and_nobody_has_two_more_than_another(live: set[str]) -> None:
    shares = [fair_share(worker, live) for worker in live]
    assert sum(shares) == SHARDS
    assert max(shares) - min(shares) <= 1


class Workers(RuleBasedStateMachine):
    """Workers come, beat and die; whoever beats sees the owners as they are."""

    alive = Bundle("alive")

    def __init__(self) -> None:
        super().__init__()
        self.owners: dict[int, str | None] = dict.fromkeys(range(SHARDS))
        self.live: set[str] = set()

    def beat(self, me: str) -> None:
        due = moves(me, self.owners, frozenset(self.live))
        assert not due.take or not due.give_back
        for shard in due.give_back:
            assert self.owners[shard] == me
            self.owners[shard] = None
        for shard in due.take:
            assert self.owners[shard] not in self.live, "a living worker's shard was taken"
            self.owners[shard] = me

    @rule(target=alive, me=WORKERS)
    def comes(self, me: str) -> str:
        self.live.add(me)
        self.beat(me)
        return me

    @rule(me=alive)
    def beats(self, me: str) -> None:
        if me in self.live:
            self.beat(me)

    @rule(me=consumes(alive))
    def dies(self, me: str) -> None:
        """And gives nothing back: its lease runs out."""
        self.live.discard(me)

    @invariant()
    def after_two_rounds_everything_is_owned_evenly(self) -> None:
        before = dict(self.owners)
        for _ in range(2):
            for worker in sorted(self.live):
                self.beat(worker)
        if self.live:
            counts = [list(self.owners.values()).count(worker) for worker in self.live]
            assert sum(counts) == SHARDS
            assert max(counts) - min(counts) <= 1
        self.owners = before


TestWorkers = Workers.TestCase


def test_nothing_moves_when_nothing_changed() -> None:
    owners = {shard: ("a", "b")[shard % 2] for shard in range(SHARDS)}
    for worker in "ab":
        due = moves(worker, owners, frozenset("ab"))
        assert not due.take
        assert not due.give_back
