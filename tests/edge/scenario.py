"""Scenarios as readable text: who does what at the door, and what is to be seen then.

    A title.

    it is 2026-09-30 10:00
    lin has an active card
    the area holds 1

    lin taps               : granted, released
    lin taps at the exit   : granted
    time passes            : locked, quiet

Lines with a colon between spaces are steps; those before say how the house is (`scenario_house.py`). After the colon: a
reason (of the tap), a flag of it, a kind of event (since the last line), `released` or `locked` (the strike), `open` or
`closed` (the leaf), `quiet` (no event but taps since the last line), `floors 2 3` (which buttons of a lift are free).
They are about the door of the step.
What a guard orders (`scenario_orders.py`) comes as the server sends it and stands in a file as the daemon keeps it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from card_protocol.words.event import Event, EventKind
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Flag
from tests.edge.scenario_house import House

FOLDER = Path(__file__).parent / "scenarios"
_STEP = re.compile(r"(?:an? |the )?(?P<who>\w+) (?P<what>.+?)(?: at the (?P<where>gate|exit))?\s+:\s+(?P<seen>.+)")


class Stage(Protocol):
    """A house that a scenario is played at."""

    def begin(self, house: House) -> None: ...
    def do(self, who: str, what: str, where: str) -> None: ...
    def events(self) -> list[Event]: ...
    def is_released(self, where: str) -> bool: ...
    def is_open(self, where: str) -> bool: ...
    def floors(self) -> set[int]: ...
    def eventually(self, question: Callable[[], bool], what: str) -> None: ...


@dataclass(frozen=True)
class Step:
    """One line."""

    text: str
    who: str
    what: str
    where: str
    expected: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """One file."""

    house: House
    steps: tuple[Step, ...]


def read(path: Path) -> Scenario:
    """AssertionError for a line that is none of the language."""
    text = path.read_text(encoding="utf-8")
    _title, *lines = [line.strip() for line in text.splitlines() if line.strip()]
    house, steps = House(has_exit="exit" in text), []
    for line in lines:
        found = _STEP.fullmatch(line)
        if found is None:
            assert house.hear(line), f"{path.name}: {line}"
            continue
        seen = tuple(word.strip() for word in found["seen"].split(","))
        steps.append(Step(line, found["who"], found["what"].strip(), found["where"] or "gate", seen))
    return Scenario(house, tuple(steps))


def play(scenario: Scenario, stage: Stage) -> None:
    """Play it to its end; AssertionError tells the line at which the door did something else."""
    stage.begin(scenario.house)
    for step in scenario.steps:
        before = len(stage.events())
        stage.do(step.who, step.what, step.where)
        for word in step.expected:
            stage.eventually(_question(stage, step.where, word, before), step.text)
        if "quiet" in step.expected:
            kinds = [event.kind.value for event in stage.events()[before:] if event.kind is not EventKind.TAP]
            assert not kinds, f"{step.text}: not quiet, but {kinds}"


def _question(stage: Stage, where: str, word: str, before: int) -> Callable[[], bool]:
    plain: dict[str, Callable[[], bool]] = {
        "released": lambda: stage.is_released(where),
        "locked": lambda: not stage.is_released(where),
        "open": lambda: stage.is_open(where),
        "closed": lambda: not stage.is_open(where),
        "quiet": lambda: True,
    }
    if word in plain:
        return plain[word]
    if word.startswith("floors"):
        floors = {int(floor) for floor in word.split()[1:]}
        return lambda: stage.floors() == floors
    if word in set(EventKind):
        return lambda: any(event.kind is EventKind(word) for event in stage.events()[before:])
    if word.startswith("flag "):
        flag = Flag(word.removeprefix("flag "))
        return lambda: any(flag in (event.flags or ()) for event in stage.events()[before:])
    reason = Reason(word)
    return lambda: any(event.reason is reason for event in stage.events()[before:] if event.kind is EventKind.TAP)
