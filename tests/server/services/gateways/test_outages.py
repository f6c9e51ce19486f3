"""When a gateway could not tell: begun, ended, healed, and told apart from what nobody saw."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from server.services.care.rhythm import Span
from server.services.gateways import gateways, outages
from server.services.gateways.outages import Box, is_down
from server.services.work import SYSTEM
from server.tables import HoleRow
from tests.server.build import NOW_MS, Community, make_community
from tests.server.build import Box as Gateway

MINUTE = 60_000


class Town:
    """A community with a gateway that says, or does not say, how far it is."""

    def __init__(self, community: Community) -> None:
        self.community, self.box, self.run = community, community.box("g-2"), 0
        self.looked = NOW_MS

    def say(self, **fields: object) -> None:
        self.run += 1
        plain = {"head_seq": 5, "acked_seq": 5, "turn": self.run}
        with self.community.transactions.work(SYSTEM) as work:
            gateways.note_state(work, self.box.state(at_ms=self.community.now[0], **(plain | fields)))

    def look(self, minutes: int = 1) -> list[Span]:
        self.community.now[0] += minutes * MINUTE
        with self.community.transactions.work(SYSTEM) as work:
            outages.look(work, 10 * MINUTE, self.looked)
            self.looked = work.now_ms
            return outages.unknown(work.session, work.now_ms).get("g-2", [])


@pytest.fixture
def town(sqlite_engine: Engine) -> Town:
    return Town(make_community(sqlite_engine))


def test_a_cut_line_is_unknown_while_it_lasts_and_known_after_all_has_been_told(town: Town) -> None:
    town.say()
    assert town.look() == []
    before = town.looked
    town.say(online=False)
    assert town.look() == [Span(before, None)]
    assert town.look(60) == [Span(before, None)]
    with town.community.transactions.read() as session:
        assert outages.lasts(session, "g-2")
    town.say(head_seq=9)
    assert town.look() == [Span(before, None)], "four events are still on their way"
    town.say(head_seq=9, acked_seq=9)
    assert town.look() == [], "it went on seeing, and has told"


def test_a_box_that_was_switched_off_has_seen_nothing(town: Town) -> None:
    town.say()
    town.look()
    before = town.looked
    town.say(online=False)
    town.look(60)
    town.say(boot="b2")
    assert town.look() == [Span(before, town.looked)]


def test_a_hole_in_the_journal_heals_nothing(town: Town) -> None:
    town.say()
    town.look()
    before = town.looked
    town.say(online=False)
    town.look()
    with town.community.transactions.work(SYSTEM) as work:
        hole = HoleRow(gateway_id="g-2", epoch="e", first_seq=6, last_seq=7, why="declared", at_ms=work.now_ms)
        work.session.add(hole)
    town.say()
    assert town.look() == [Span(before, town.looked)]


def test_a_gateway_that_says_nothing_at_all_is_not_believed_for_long(town: Town) -> None:
    town.say()
    assert town.look(5) == []
    (span,) = town.look(6)
    assert span.end is None


@given(st.booleans(), st.integers(0, 9), st.integers(0, 9), st.integers(0, 100))
def test_only_who_is_there_and_has_told_everything_can_tell(online, head, acked, age):
    down = is_down(Box(online, head, acked, "b", 1000 - age), 1000, 50)
    assert down == (not online or head > acked or age > 50)


def test_names_do_not_clash() -> None:
    assert Gateway is not Box
