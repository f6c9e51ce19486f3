"""A point's sign of duress between keys, a button and a recorder."""

from collections.abc import Iterator

import pytest

from card_protocol.words.event import Event, EventKind, tap_event
from edge.core.duress import DuressSettings
from edge.core.settle import Patience
from edge.ports.inputs import Watcher, Wire
from edge.ports.keys import KeyWatcher
from edge.shell import duress_keeper
from edge.shell.duress_keeper import DuressDevices, DuressKeeper
from edge.shell.timers import Timers
from tests.edge.rig import Clock
from tests.edge.words import CARD_ID, GATE, moment, presentation, verdict
from tests.support.patience import eventually

TAP = tap_event(presentation(), verdict(), moment())


class Place:
    """Keys, a button, a recorder."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.keys: list[KeyWatcher] = []
        self.button: list[Watcher] = []

    def record(self, event: Event, deadline_ms: int) -> int | None:
        raise AssertionError("nobody waits for this event")

    def note(self, event: Event) -> None:
        self.events.append(event)

    def type(self, keys: str) -> None:
        for key in keys:
            self.keys[0](key)

    def press(self, wire: Wire) -> None:
        self.button[0](wire)


class Watched:
    def __init__(self, watchers: list) -> None:
        self._watchers = watchers

    def watch(self, watcher: object) -> None:
        self._watchers.append(watcher)


@pytest.fixture
def timers() -> Iterator[Timers]:
    timers = Timers()
    yield timers
    timers.close()


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def keeper(place: Place, timers: Timers) -> DuressKeeper:
    return made(place, timers)


def made(place: Place, timers: Timers, window_ms: int = 60_000) -> DuressKeeper:
    keys, button = Watched(place.keys), Watched(place.button)
    devices = DuressDevices(keys=keys, button=button, recorder=place, timers=timers, now=Clock().now)
    keeper = DuressKeeper(DuressSettings(GATE, "99#", window_ms), devices)
    keeper.start()
    return keeper


def test_a_code_is_told_and_the_tap_that_follows_is_one_under_duress(keeper: DuressKeeper, place: Place) -> None:
    assert not keeper.stands()
    place.type("99#")
    assert keeper.stands()
    assert [(event.kind, event.point, event.card_id) for event in place.events] == [(EventKind.DURESS, GATE, None)]


def test_a_hidden_button_after_the_tap_names_the_card(keeper: DuressKeeper, place: Place) -> None:
    keeper.tapped(TAP)
    place.press(Wire.OFF)
    place.press(Wire.ON)
    [event] = place.events
    assert (event.kind, event.card_id, event.detail["by"]) == (EventKind.DURESS, CARD_ID, "button")


def test_a_button_whose_wire_is_cut_is_told_as_broken_and_no_duress(
    place: Place, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duress_keeper, "BUTTON", Patience(on_ms=0, off_ms=0, fault_ms=0))
    keeper = made(place, timers)
    place.press(Wire.OFF)
    place.press(Wire.CUT)
    place.press(Wire.OFF)
    eventually(lambda: len(place.events) == 2)
    assert [event.kind for event in place.events] == [EventKind.DOOR_INPUT_FAULT, EventKind.DOOR_INPUT_BACK]
    assert not keeper.stands()


def test_the_sign_ends(place: Place, timers: Timers) -> None:
    keeper = made(place, timers, window_ms=1)
    place.type("99#")
    eventually(lambda: not keeper.stands())


def test_a_point_may_have_neither(place: Place, timers: Timers) -> None:
    devices = DuressDevices(keys=None, button=None, recorder=place, timers=timers, now=Clock().now)
    DuressKeeper(DuressSettings(GATE), devices).start()
