"""Why somebody may or may not enter, from the one decider."""

import pytest

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import Interval, Schedule
from server.services.access import access
from server.services.access.explanation import Explanation, explain
from server.services.cards import cards
from server.services.problems import Problem
from tests.server.build import ADMIN, COMMUNITY, Community


def why(community: Community, card_id: str, point: str = "south-gate-in", at_ms: int | None = None) -> Explanation:
    with community.transactions.read() as session:
        return explain(session, COMMUNITY, card_id, point, community.now[0] if at_ms is None else at_ms)


def test_a_card_that_may_pass_says_by_which_level(community: Community) -> None:
    card = community.active_card()
    found = why(community, card.id)
    assert (found.granted, found.reason, found.level) == (True, Reason.GRANTED, "residents")
    assert (found.card_levels, found.levels_here) == (["residents"], ["residents"])


def test_each_reason_is_that_of_a_door(community: Community) -> None:
    card = community.active_card()
    assert why(community, card.id, "clinic").reason is Reason.WRONG_POINT
    assert why(community, card.id, "moon").reason is Reason.NO_POLICY
    assert why(community, card.id, at_ms=card.valid_to_ms).reason is Reason.EXPIRED
    assert why(community, card.id, at_ms=card.valid_from_ms - 1).reason is Reason.NOT_YET_VALID
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.LOST)
    assert why(community, card.id).reason is Reason.LOST


def test_everything_that_is_in_the_way_is_told_in_order(community: Community) -> None:
    card = community.active_card()
    assert why(community, card.id).objections == []
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.SUSPENDED)
    found = why(community, card.id, "clinic", at_ms=card.valid_to_ms).objections
    assert [(o.rule, o.reason) for o in found] == [
        ("state", Reason.SUSPENDED),
        ("validity", Reason.EXPIRED),
        ("right", Reason.WRONG_POINT),
    ]
    assert found[0].guard_en == "This card is suspended: the desk can tell why."
    assert found[2].admin_zh == "没有任何权限组包含此点位。"


def test_a_schedule_counts_at_the_moment_that_is_asked_about(community: Community) -> None:
    card = community.active_card()
    mondays = Schedule(id="always", name_zh="周一", name_en="Mondays", intervals=(Interval(day=0, start=0, end=1440),))
    with community.transactions.work(ADMIN) as work:
        access.set_schedule(work, mondays)
    sunday = community.now[0]
    assert why(community, card.id, at_ms=sunday).reason is Reason.OUTSIDE_SCHEDULE
    assert why(community, card.id, at_ms=sunday + DAY_MS).granted


def test_stock_is_unknown_and_no_card_is_a_problem(community: Community) -> None:
    card = community.active_card()
    with community.transactions.work(ADMIN) as work:
        for state in (CardState.RETURNED, CardState.STOCK):
            cards.change_state(work, card.id, state)
    assert why(community, card.id).reason is Reason.UNKNOWN
    with pytest.raises(Problem, match="no card"):
        why(community, "01HZZZZZZZZZZZZZZZZZZZZZZZ")
