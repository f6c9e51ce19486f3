"""Changes of the live board as frames: to whom, how often, in which words."""

import pytest

from server.pages.i18n import Language
from server.pages.live.board_frames import BoardFrames, listening, ways_of_seeing
from server.pages.live.board_state import FEED_TAPS, BoardState, News
from server.services.events import events
from server.services.roles import Permission, Role
from server.services.sight import EVERYTHING


class Hub:
    """What was published."""

    def __init__(self):
        self.told = []

    def publish(self, channels, changes):
        assert set(changes) == set(Language)
        self.told.append((channels, changes[Language.EN]))


@pytest.fixture
def hub():
    return Hub()


@pytest.fixture
def frames(lived, hub):
    state = BoardState(lived.house.transactions, 1)
    state.load()
    return BoardFrames(state, hub)


def event(lived, number):
    with lived.house.transactions.read() as session:
        return events.get(session, number, sight=EVERYTHING)


def test_everybody_at_the_live_page_has_exactly_one_way_of_seeing():
    roles = [role for _, names in ways_of_seeing() for role in names]
    assert sorted(roles) == sorted(role.value for role in listening(Permission.LIVE_READ))
    assert Role.CLERK not in listening(Permission.LIVE_READ)


def test_a_tap_at_a_gate_is_two_frames_one_with_and_one_without_the_name(lived, frames, hub):
    frames.tell(News(taps=[event(lived, lived.granted)]))
    told = {("admin" in channels, "installer" in channels): change.html for channels, change in hub.told}
    assert set(told) == {(True, False), (False, True)}
    assert lived.holder in told[True, False]
    assert lived.holder not in told[False, True]
    assert not any("nurse" in channels for channels, _ in hub.told)


def test_a_tile_is_a_frame_for_all_who_see_its_point_alike(frames, hub):
    frames.tell(News(points={"clinic": None}))
    assert {change.key for _, change in hub.told} == {"tile-clinic"}
    told = {tuple(sorted(channels)): change.html for channels, change in hub.told}
    assert len(told) == 3, "in full, veiled, not at all"
    assert sorted(role for roles in told for role in roles) == sorted(
        role for _, names in ways_of_seeing() for role in names
    )
    assert {"guard", "care"} in [set(roles) for roles in told]
    assert "not shown to your role" in next(html for roles, html in told.items() if "guard" in roles)
    assert "not shown to your role" not in next(html for roles, html in told.items() if "nurse" in roles)


def test_the_stack_of_alarms_is_a_frame_per_way_of_seeing(frames, hub):
    frames.tell(News(alarmed=True))
    counts = {tuple(sorted(channels)): change.html.count("<li ") for channels, change in hub.told}
    assert counts[("guard",)] == 2, "two alike at the gate are one entry; the one at the clinic names a card"
    assert counts[("admin", "system")] == 3 if ("admin", "system") in counts else counts[("admin",)] == 3


def test_a_flood_of_taps_is_no_more_than_fits_on_the_page(lived, frames, hub):
    one = event(lived, lived.refused)
    frames.tell(News(taps=[one.model_copy(update={"id": 1000 + n}) for n in range(FEED_TAPS * 2)]))
    assert len({change.key for _, change in hub.told}) == FEED_TAPS


def test_a_poke_goes_to_the_roles_that_may_ask(frames, hub):
    frames.poke("desks", Permission.CARDS_ISSUE)
    channels, change = hub.told[0]
    assert (change.mode, change.place, change.html) == ("poke", "desks", "")
    assert {"admin", "clerk"} <= channels
    assert "guard" not in channels
