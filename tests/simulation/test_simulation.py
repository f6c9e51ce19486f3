"""Gateway, broker, server, disk and clock in one process under a seed: whatever happens, nothing is lost or doubled."""

import logging
import os
from collections.abc import Iterator

import pytest
import structlog

from tests.simulation.play import report
from tests.simulation.script import What, draw
from tests.simulation.town import Town

SEEDS, CHUNK = 200, 25
SOAK_SEEDS = int(os.environ.get("ONECARD_SIM_SEEDS", "10000"))
SOAK_FIRST = int(os.environ.get("ONECARD_SIM_FIRST", "1000"))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What a box logs in its thousand troubles is nobody's news."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(wrapper_class=before)


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_histories(first: int) -> None:
    for seed in range(first, first + CHUNK):
        if problem := report(seed):
            pytest.fail(problem, pytrace=False)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_ten_thousand_histories() -> None:
    """ONECARD_SIM_SEEDS and ONECARD_SIM_FIRST say how many and from where on."""
    for seed in range(SOAK_FIRST, SOAK_FIRST + SOAK_SEEDS):
        if problem := report(seed):
            pytest.fail(problem, pytrace=False)


def test_a_seed_is_a_history() -> None:
    assert draw(5) == draw(5) != draw(6)
    assert {step.what for seed in range(SEEDS) for step in draw(seed)} == set(What)


def test_a_history_plays_twice_the_same() -> None:
    played = []
    for _ in range(2):
        town = Town(11)
        try:
            town.play(draw(11))
            played.append(town.center.facts())
        finally:
            town.close()
    assert played[0] == played[1]
    assert len(played[0].events) > 20
