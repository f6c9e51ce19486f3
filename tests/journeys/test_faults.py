"""Power cuts in the middle of traffic: nothing is lost, nothing is doubled, and no door waits for anybody."""

import random
import secrets
import time
from pathlib import Path

import pytest

from card_protocol.words.event import Event, EventKind
from onecard.demo.programs import Program
from onecard.demo.report import Fact, tap_times
from tests.journeys.inhabited import Inhabited, assert_chained, assert_whole, eventually, open_inhabited

pytestmark = pytest.mark.timeout(300)

SEED = 20_261_123
CUTS_SOAK = 50
SETTLE_S = 0.5
CHEERFUL_TAPS = 6


@pytest.fixture
def stage(tmp_path: Path):
    with open_inhabited(tmp_path) as stage:
        yield stage


def cut(stage: Inhabited, program: Program, dice: random.Random) -> None:
    """SIGKILL at some moment of the traffic, a while without it, and up again."""
    time.sleep(dice.uniform(0.2, 1.2))
    program.kill()
    time.sleep(dice.uniform(0.0, 0.8))
    stage.run_again(program)


def opened(stage: Inhabited) -> int:
    """How often a lock moved."""
    return len(tap_times(stage.edge.log_path))


def kinds(facts: list[Fact]) -> list[EventKind]:
    return [Event.from_bytes(fact.body).kind for fact in facts]


def test_power_cuts_a_box_alone_and_a_damaged_journal(stage: Inhabited) -> None:
    """One community's bad day: to stand one up costs more than the rest."""
    whoever_is_killed_in_mid_traffic_nothing_is_lost_or_doubled(stage)
    a_box_alone_opens_its_doors(stage)
    a_damaged_journal_is_set_aside(stage)


def whoever_is_killed_in_mid_traffic_nothing_is_lost_or_doubled(stage: Inhabited) -> None:
    dice = random.Random(SEED)
    victims = [stage.broker, stage.server, stage.gateway, stage.edge]
    dice.shuffle(victims)
    with stage.traffic():
        for victim in victims:
            cut(stage, victim, dice)
        before = opened(stage)
        assert eventually(lambda: opened(stage) > before + CHEERFUL_TAPS), "the doors do not open any more"
    assert_whole(stage)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_fifty_power_cuts(stage: Inhabited) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it when it fails
    dice = random.Random(seed)
    with stage.traffic():
        for _ in range(CUTS_SOAK):
            cut(stage, dice.choice([stage.broker, stage.server, stage.gateway, stage.edge]), dice)
    stage.check()
    assert_whole(stage)


def a_box_alone_opens_its_doors(stage: Inhabited) -> None:
    for program in (stage.edge, stage.gateway, stage.broker, stage.server):
        program.stop()

    # The power comes back for the box alone.
    stage.run_again(stage.gateway)
    stage.run_again(stage.edge)
    before, known = opened(stage), len(stage.arrived())
    with stage.traffic():
        assert eventually(lambda: opened(stage) >= before + CHEERFUL_TAPS), "a door waits for somebody far away"
    assert len(stage.arrived()) == known
    stage.restore_broker()
    stage.run_again(stage.server)
    assert_whole(stage)


def a_damaged_journal_is_set_aside(stage: Inhabited) -> None:
    """Down again, and the disk forgets what stood there."""
    stage.gateway.stop()
    link = stage.folder.box / "journal.db"
    damaged = link.resolve()
    safe = stage.arrived()
    noise = random.Random(SEED).randbytes(damaged.stat().st_size)
    damaged.write_bytes(noise)
    for beside in ("-wal", "-shm"):  # SQLite would mend the file from what it finds there
        damaged.with_name(damaged.name + beside).unlink(missing_ok=True)
    stage.run_again(stage.gateway)
    stage.run_again(stage.edge)
    assert eventually(lambda: EventKind.JOURNAL_DAMAGED in kinds(stage.arrived())), "nobody was told"
    assert link.resolve() != damaged
    assert damaged.read_bytes() == noise, "what is damaged may still be of use to somebody"
    before = opened(stage)
    with stage.traffic():
        assert eventually(lambda: opened(stage) > before), "the doors do not open any more"
    stage.edge.stop()

    told = next(event for event in map(event_of, stage.arrived()) if event.kind is EventKind.JOURNAL_DAMAGED)
    assert told.detail["set_aside"] == damaged.name
    assert told.detail["problem"]
    assert damaged.name in stage.gateway.log_path.read_text(encoding="utf-8")
    assert stage.arrived()[: len(safe)] == safe, "what the server had it keeps"
    damaged.rename(damaged.with_suffix(".noise"))  # so that the rest can be read as a whole
    assert eventually(lambda: set(stage.journaled()) <= set(stage.arrived()))
    fresh = stage.journaled()
    assert {fact.epoch for fact in fresh}.isdisjoint({fact.epoch for fact in safe})
    assert_chained(fresh)
    assert sorted(stage.arrived()) == sorted([*safe, *fresh])


def event_of(fact: Fact) -> Event:
    return Event.from_bytes(fact.body)
