"""The keeper: whom a worker listens to, as shards come and go and gateways are claimed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import OperationalError

from server.intake import keeper as module
from server.intake.keeper import Keeper
from server.intake.shards import SHARDS, shard_of
from server.services.gateways import gateways
from tests.server.build import ADMIN, COMMUNITY, Community
from tests.support.patience import eventually


@dataclass
class FakeLeases:
    me: str = "me"
    shards: frozenset[int] = frozenset()
    faults: list[Exception] = field(default_factory=list)
    left: int = 0

    def beat(self) -> frozenset[int]:
        if self.faults:
            raise self.faults.pop()
        return self.shards

    def leave(self) -> None:
        self.left += 1


@dataclass
class FakeEar:
    heard: list[frozenset[str]] = field(default_factory=list)

    def listen_to(self, gateways: frozenset[str]) -> None:
        self.heard.append(gateways)


@dataclass
class Scene:
    leases: FakeLeases
    ear: FakeEar
    greeted: list[bool]
    keeper: Keeper


@pytest.fixture
def scene(community: Community, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(module, "BEAT_S", 0.01)
    leases, ear, greeted = FakeLeases(), FakeEar(), []
    keeper = Keeper(community.transactions, leases, ear, lambda: greeted.append(True))  # type: ignore[arg-type]
    keeper.start()
    yield Scene(leases, ear, greeted, keeper)
    keeper.stop()


def test_it_hears_the_gateways_of_its_shards_and_greets_them(scene: Scene) -> None:
    scene.leases.shards = frozenset({shard_of("g-1")})
    eventually(lambda: scene.greeted)
    assert scene.ear.heard == [{"g-1"}]
    assert scene.keeper.shards == {shard_of("g-1")}
    scene.leases.shards = frozenset(range(SHARDS)) - {shard_of("g-1")}
    eventually(lambda: len(scene.ear.heard) == 2)
    assert scene.ear.heard[-1] == frozenset()
    assert len(scene.greeted) == 1, "nobody came, so nobody is greeted"


def test_a_gateway_that_is_claimed_is_heard_soon(scene: Scene, community: Community) -> None:
    scene.leases.shards = frozenset(range(SHARDS))
    eventually(lambda: scene.ear.heard)
    with community.transactions.work(ADMIN) as work:
        gateways.claim(work, "g-2", COMMUNITY)
    eventually(lambda: len(scene.ear.heard) == 2)
    assert scene.ear.heard[-1] == {"g-1", "g-2"}


def test_a_data_base_that_is_away_does_not_end_it(scene: Scene) -> None:
    scene.leases.faults.extend([OperationalError("select", {}, Exception("gone")), RuntimeError("a bug")])
    eventually(lambda: not scene.leases.faults)
    scene.leases.shards = frozenset(range(SHARDS))
    eventually(lambda: scene.greeted)
    assert scene.keeper.running


def test_stopping_gives_everything_back(scene: Scene) -> None:
    scene.leases.shards = frozenset(range(SHARDS))
    eventually(lambda: scene.greeted)
    scene.keeper.stop()
    assert scene.ear.heard[-1] == frozenset()
    assert scene.leases.left == 1
    assert not scene.keeper.running
