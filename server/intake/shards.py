"""Which intake worker takes in which gateways (design § 7): gateways fall into a fixed number of shards, and shards
are dealt out to the workers that are alive. Pure.

The shard of a gateway never changes, so more or fewer workers only move whole shards. A worker takes what nobody
owns, up to its fair share, and gives back what it has too much of; it never takes from a living one. So a shard
changes hands by being free for a moment, and no two workers own a gateway at once.
"""

import hashlib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final

SHARDS: Final = 64
"""More workers than this find nothing to do. Changing it needs all workers stopped: they would not agree."""


def shard_of(gateway: str) -> int:
    """The shard of a gateway, the same in every program and version."""
    return int.from_bytes(hashlib.sha256(gateway.encode()).digest()[:8], "big") % SHARDS


@dataclass(frozen=True)
class Moves:
    """What a worker should do now."""

    take: frozenset[int] = frozenset()
    give_back: frozenset[int] = frozenset()


def fair_share(me: str, live: Set[str]) -> int:
    """How many shards are mine when so many workers are alive, me among them: all are dealt, evenly."""
    rank = sorted(live | {me}).index(me)
    whole, rest = divmod(SHARDS, len(live | {me}))
    return whole + (rank < rest)


def moves(me: str, owners: Mapping[int, str | None], live: Set[str]) -> Moves:
    """What I do about the shards as they are owned now. `live`: the workers whose lease still runs."""
    share = fair_share(me, live)
    mine = sorted(shard for shard, owner in owners.items() if owner == me)
    if len(mine) > share:
        return Moves(give_back=frozenset(mine[share:]))
    free = sorted(shard for shard, owner in owners.items() if owner != me and owner not in live)
    return Moves(take=frozenset(free[: share - len(mine)]))
