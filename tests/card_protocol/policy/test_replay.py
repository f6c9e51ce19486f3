"""Replay: what a tap's event carries is enough to decide it again, and a changed world is noticed."""

from dataclasses import replace

import pytest
from hypothesis import given

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.replay import decide_again, replay, was_decided
from card_protocol.words.card import CardState
from card_protocol.words.event import Event, EventKind, note_event, tap_event
from card_protocol.words.reason import Reason
from tests.support.scenes import NOW_MS, Scene
from tests.support.worlds import World, worlds


def event_of(scene: Scene) -> Event:
    return tap_event(scene.presentation(), scene.ask(), scene.moment(), scene.situation)


@given(worlds())
def test_every_tap_can_be_decided_again_from_its_event(world: World) -> None:
    verdict = world.ask()
    event = tap_event(world.presentation, verdict, world.moment, world.situation)
    book = MemoryBook(world.head, world.cards, world.revocations)
    again = replay(Event.from_bytes(event.to_bytes()), book)
    assert again.why_not == ""
    assert again.agrees
    assert again.verdict == verdict


def test_a_change_is_told() -> None:
    event = event_of(Scene())
    again = replay(event, Scene(state=CardState.LOST).book())
    assert not again.agrees
    assert again.why_not == "reason was granted and is lost; rule was None and is state; level was staff and is None"


def test_another_policy_is_no_replay_but_may_be_asked_what_if() -> None:
    event = event_of(Scene())
    other = Scene(hours=())
    head = other.head().model_copy(update={"version": 13})
    book = MemoryBook(head, [other.entry()])
    assert replay(event, book) == (None, "decided from policy 12; this is policy 13")
    assert decide_again(event, book).reason is Reason.OUTSIDE_SCHEDULE


def test_it_is_decided_at_its_own_time() -> None:
    scene = Scene(valid_to_ms=NOW_MS + 1, policy_expires_ms=NOW_MS + 9)
    late = replace(scene, wall_ms=NOW_MS + 1)
    assert replay(event_of(scene), scene.book()).agrees
    assert replay(event_of(late), scene.book()).agrees
    assert event_of(late).reason is Reason.EXPIRED


@pytest.mark.parametrize(
    "event",
    [
        note_event(EventKind.READER_LOST, Scene().moment(), "door"),
        event_of(Scene()).model_copy(update={"reason": Reason.JOURNAL_LATE}),
        event_of(Scene()).model_copy(update={"point": None}),
    ],
)
def test_what_nobody_decided(event: Event) -> None:
    assert not was_decided(event)
    assert replay(event, Scene().book()) == (None, "not a tap that the decider judged")
    with pytest.raises(ValueError, match="can be decided again"):
        decide_again(event, Scene().book())
