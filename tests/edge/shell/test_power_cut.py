"""The power fails between any two steps of a tap: what the door did is in the journal, and never twice.

The power cut is an exception that nothing on the way may catch. Afterwards the box starts anew on the same disk.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from card_protocol.words.event import Event
from edge.core.tap import TapState
from edge.ports.reader import CardKind
from firmware_sim.card.card import Card
from tests.edge.issued import issued_card
from tests.edge.policy import book
from tests.edge.rig import Rig
from tests.edge.words import UID

STEPS = 26
"""Calls to the world in one tap, each cut before and after; more than there are, so that the last run is whole."""


class PowerCut(BaseException):
    """Nobody catches it: the process is gone."""


class Fuse:
    """Blows at one call: before it (even numbers) or after it (odd ones)."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._calls = 0

    def protect(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def acted(*args: Any) -> Any:
            before, after = 2 * self._calls, 2 * self._calls + 1
            self._calls += 1
            if self._at == before:
                raise PowerCut
            result = act(*args)
            if self._at == after:
                raise PowerCut
            return result

        return acted


class CardOnReader:
    """A reader and the one card that lies on it, without a radio."""

    kind = CardKind.ISO_DEP
    name = "table"
    uid = UID
    seen_ns = 0

    def __init__(self, card: Card, fuse: Fuse) -> None:
        card.power_on()
        self.transmit = fuse.protect(card.transmit)
        self._waits = 0

    def wait_for_card(self, timeout_ms: int) -> "CardOnReader":
        return self

    def wait_for_removal(self, timeout_ms: int) -> bool:
        raise PowerCut

    def close(self) -> None:
        pass


def one_tap(folder: Path, fuse: Fuse) -> tuple[int, list[Event], bool]:
    """How often the door opened, the tap events on the disk afterwards, and whether the tap came to its end."""
    rig = Rig(folder, lambda: CardOnReader(issued_card(), fuse))
    rig.book = book()
    for device, name in ((rig.recorder, "record"), (rig.lock, "unlock"), (rig.feedback, "show")):
        setattr(device, name, fuse.protect(getattr(device, name)))
    loop = rig.make_loop()
    try:
        with pytest.raises(PowerCut):
            loop.run()
        return rig.lock.unlocked, rig.events(), loop.state is TapState.LEAVING
    finally:
        rig.close()


@pytest.mark.parametrize("at", range(STEPS))
def test_a_door_that_opened_is_in_the_journal(tmp_path: Path, at: int) -> None:
    unlocked, events, _ = one_tap(tmp_path, Fuse(at))
    assert unlocked <= len(events) <= 1
    assert all(event.granted for event in events)

    unlocked_again, events, finished = one_tap(tmp_path, Fuse(2 * STEPS))
    assert (unlocked_again, finished) == (1, True)
    assert 1 <= len(events) <= 2


def test_the_fuse_reaches_every_step(tmp_path: Path) -> None:
    outcomes = {one_tap(tmp_path / str(at), Fuse(at))[0::2] for at in range(STEPS) if not (tmp_path / str(at)).mkdir()}
    assert outcomes == {(0, False), (1, False), (1, True)}
