"""Play one history and say what went wrong."""

from collections.abc import Callable

from tests.simulation.center import Center, ModelCenter
from tests.simulation.nature import TrueTime
from tests.simulation.script import History, draw
from tests.simulation.shrink import shrunk
from tests.simulation.town import Town

MakeTown = Callable[[int], Town]


def outcome(seed: int, history: History, make: MakeTown = Town) -> list[str]:
    """Everything that is wrong after this history; empty when all is well."""
    town = make(seed)
    try:
        town.play(history)
        return town.verdict()
    finally:
        town.close()


def report(seed: int, make: MakeTown = Town) -> str | None:
    """None when the seed's history plays well; else the shortest one that does not, and what is wrong then."""
    history = draw(seed)
    if not outcome(seed, history, make):
        return None
    short = shrunk(history, lambda steps: bool(outcome(seed, steps, make)))
    problems = outcome(seed, short, make)
    lines = [f"seed {seed}: {len(history)} steps, of which these are enough:"]
    lines += [f"    {step}" for step in short]
    return "\n".join([*lines, *(f"  → {problem}" for problem in problems[:5])])


def with_center(make_center: Callable[[TrueTime], Center] = ModelCenter) -> MakeTown:
    """Towns on another server."""
    return lambda seed: Town(seed, make_center)
