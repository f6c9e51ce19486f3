"""What the live board knows, and what it shows of it to a role."""

import pytest

from card_protocol.words.point import PointKind
from card_protocol.words.reason import Reason
from server.pages.i18n import Language
from server.pages.live.board_state import FEED_TAPS, BoardState
from server.services.access import access
from server.services.events import events
from server.services.gateways import gateways
from server.services.roles import PEOPLE_ROLES, Role
from server.services.sight import EVERYTHING, NOTHING
from server.services.work import SYSTEM
from tests.server.build import ADMIN, COMMUNITY, clinic, gate


@pytest.fixture
def state(lived):
    made = BoardState(lived.house.transactions, 1)
    made.load()
    return made


def fact(lived, number):
    with lived.house.transactions.read() as session:
        return ("event", events.get(session, number, sight=EVERYTHING).model_dump(mode="json"))


def test_a_tap_is_news_once_and_changes_its_point(lived, state):
    tapped = fact(lived, lived.house.tap(lived.lost, Reason.LOST))
    news = state.take([tapped])
    assert ([event.id for event in news.taps], list(news.points), news.alarmed) == (
        [tapped[1]["id"]],
        ["south-gate-in"],
        False,
    )
    again = state.take([tapped])
    assert (again.taps, list(again.points)) == ([], [])


def test_what_is_no_fact_takes_nothing_away_from_the_others_that_came_with_it(lived, state):
    tapped = fact(lived, lived.house.tap(lived.lost, Reason.LOST))
    news = state.take([("gateway", {"nonsense": 1}), ("event", {}), tapped])
    assert [event.id for event in news.taps] == [tapped[1]["id"]]


def test_an_older_tap_is_news_and_does_not_change_its_point(lived, state):
    older = fact(lived, lived.house.tap(lived.lost, Reason.LOST))
    older[1]["wall_ms"] -= 1_000_000
    news = state.take([older])
    assert (len(news.taps), list(news.points)) == (1, [])


def test_a_tap_at_a_point_that_is_gone_is_news_without_a_tile(lived, state):
    gone = fact(lived, lived.house.tap(None, Reason.UNKNOWN, point="old-door"))
    news = state.take([gone])
    assert (len(news.taps), list(news.points)) == (1, [])


def test_what_is_no_tap_changes_nothing(lived, state):
    note = fact(lived, lived.refused)
    note[1]["kind"] = "reader_lost"
    assert state.take([note]).taps == []


def test_a_gateway_changes_every_point_that_it_serves(lived, state):
    box = lived.house.community.box("g-1")
    with lived.house.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(online=False))
        view = gateways.get(work.session, "g-1").model_dump(mode="json")
    assert set(state.take([("gateway", view)]).points) == {"south-gate-in", "clinic"}
    assert state.tile("south-gate-in", EVERYTHING, Language.EN).state == "offline"


def test_the_feed_is_bounded(lived, state):
    facts = [fact(lived, lived.house.tap(lived.active)) for _ in range(FEED_TAPS + 5)]
    assert len(state.take(facts).taps) == FEED_TAPS + 5
    assert len(state.view(Language.EN, Role.ADMIN).taps) == FEED_TAPS


def test_changed_points_are_noticed_and_unchanged_ones_are_not(lived, state):
    assert state.look_at_points() is False
    with lived.house.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, gate().model_copy(update={"name_en": "Main gate"}))
    assert state.look_at_points() is True
    assert state.tile("south-gate-in", EVERYTHING, Language.EN).name == "Main gate"
    assert state.kinds() == {"south-gate-in": PointKind.GATE, "clinic": clinic().kind}


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_nobody_sees_more_than_their_role(lived, state, role):
    state.take([fact(lived, lived.house.tap(lived.active, point="clinic"))])
    view = state.view(Language.EN, role)
    names = {(line.point_name, bool(line.holder_id)) for line in view.taps}
    assert not ({("Clinic", True), ("South gate, in", True)} <= names)
    assert {tile.id for tile in view.tiles} == {"south-gate-in", "clinic"}


def test_who_sees_nothing_has_hidden_tiles(state):
    tile = state.tile("clinic", NOTHING, Language.EN)
    assert tile.hidden
    assert tile.last is None
    assert state.stack(NOTHING, Language.EN).standing == 1, "an alarm that names no card is for everybody"
