"""Scenarios as readable text: who does what at the door, and what is to be seen then.

    A title.

    lin has an active card
    lin taps       : granted, released
    time passes    : locked, quiet

After the colon: a reason (of the tap), a kind of event (since the last line), `released` or `locked` (the strike),
`open` or `closed` (the leaf), `quiet` (no event but taps since the last line).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind
from card_protocol.words.reason import Reason

FOLDER = Path(__file__).parent / "scenarios"


class Stage(Protocol):
    """A door that a scenario is played at."""

    def give_card(self, who: str, state: CardState | None) -> None: ...
    def begin(self) -> None: ...
    def do(self, who: str, what: str) -> None: ...
    def events(self) -> list[Event]: ...
    def is_released(self) -> bool: ...
    def is_open(self) -> bool: ...
    def eventually(self, question: Callable[[], bool], what: str) -> None: ...


@dataclass(frozen=True)
class Step:
    """One line."""

    text: str
    who: str
    what: str
    expected: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """One file."""

    cards: dict[str, CardState | None]
    steps: tuple[Step, ...]


def read(path: Path) -> Scenario:
    """AssertionError for a line that is none of the language."""
    _title, *lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    cards: dict[str, CardState | None] = {}
    steps = []
    for line in lines:
        words = line.split()
        if words[1] == "has":
            cards[words[0]] = None if words[2] == "no" else CardState(words[3])
            continue
        action, colon, expected = line.partition(":")
        assert colon, f"{path.name}: {line}"
        who, _, what = action.strip().removeprefix("a ").removeprefix("the ").partition(" ")
        steps.append(Step(line, who, what.strip(), tuple(word.strip() for word in expected.split(","))))
    return Scenario(cards, tuple(steps))


def play(scenario: Scenario, stage: Stage) -> None:
    """Play it to its end; AssertionError tells the line at which the door did something else."""
    for who, state in scenario.cards.items():
        stage.give_card(who, state)
    stage.begin()
    for step in scenario.steps:
        before = len(stage.events())
        stage.do(step.who, step.what)
        for word in step.expected:
            stage.eventually(_question(stage, word, before), step.text)
        if "quiet" in step.expected:
            kinds = [event.kind.value for event in stage.events()[before:] if event.kind is not EventKind.TAP]
            assert not kinds, f"{step.text}: not quiet, but {kinds}"


def _question(stage: Stage, word: str, before: int) -> Callable[[], bool]:
    plain: dict[str, Callable[[], bool]] = {
        "released": stage.is_released,
        "locked": lambda: not stage.is_released(),
        "open": stage.is_open,
        "closed": lambda: not stage.is_open(),
        "quiet": lambda: True,
    }
    if word in plain:
        return plain[word]
    if word in set(EventKind):
        return lambda: any(event.kind is EventKind(word) for event in stage.events()[before:])
    reason = Reason(word)
    return lambda: any(event.reason is reason for event in stage.events()[before:] if event.kind is EventKind.TAP)
