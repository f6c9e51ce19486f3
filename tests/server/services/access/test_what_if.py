"""Last month by changed rules."""

import pytest

from card_protocol.words.reason import Reason
from server.services.access import what_if as module
from server.services.access.what_if import Change, Outcome, change_of, what_if
from server.services.problems import Problem
from tests.server.build import COMMUNITY, Community
from tests.server.services.access.test_replaying import Gate

NIGHT = {
    "id": "night",
    "name_zh": "夜",
    "name_en": "Night",
    "intervals": [{"day": day, "start": 1200, "end": 1440} for day in range(8)],
}


@pytest.fixture
def gate(community: Community) -> Gate:
    gate = Gate(community, community.box())
    gate.learn()
    return gate


def ask(gate: Gate, change: Change) -> Outcome:
    with gate.community.transactions.read() as session:
        return what_if(session, COMMUNITY, change, gate.community.now[0] + 1)


def test_what_would_have_been_refused_is_listed_by_card_and_point(gate: Gate) -> None:
    card, other = gate.community.active_card(), gate.community.active_card("04010203040507")
    gate.learn()
    taps = [gate.tap(card.id), gate.tap(card.id), gate.tap(other.id), gate.tap(card.id, "clinic")]
    change = change_of({"schedules": [NIGHT], "levels": [{"id": "residents", "schedule": "night"}]})
    found = ask(gate, change)
    assert (found.taps, found.differing, found.truncated) == (4, 3, False)
    assert [(d.card_id, d.before, d.after, d.taps, d.first_event, d.last_event) for d in found.differences] == [
        (card.id, Reason.GRANTED, Reason.OUTSIDE_SCHEDULE, 2, taps[0], taps[1]),
        (other.id, Reason.GRANTED, Reason.OUTSIDE_SCHEDULE, 1, taps[2], taps[2]),
    ]


def test_a_new_level_opens_nothing_to_cards_that_do_not_have_it_and_more_points_do(gate: Gate) -> None:
    card = gate.community.active_card()
    gate.learn()
    gate.tap(card.id, "clinic")
    level = {"id": "nurses", "name_zh": "护士", "name_en": "Nurses", "points": ["clinic"], "schedule": "always"}
    assert ask(gate, change_of({"levels": [level]})).differing == 0
    wider = ask(gate, change_of({"levels": [{"id": "residents", "points": ["clinic", "south-gate-in"]}]}))
    assert [(d.before, d.after) for d in wider.differences] == [(Reason.WRONG_POINT, Reason.GRANTED)]
    none = ask(gate, change_of({"remove_levels": ["residents"]}))
    assert none.differing == 0


def test_nothing_changed_is_no_difference_and_what_is_older_than_a_month_is_not_looked_at(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READ_ROWS", 2)
    card = gate.community.active_card()
    gate.learn()
    for _ in range(5):
        gate.tap(card.id)
    assert (ask(gate, Change()).taps, ask(gate, Change()).differing) == (5, 0)
    gate.community.now[0] += module.SPAN_MS + 5
    assert ask(gate, Change()).taps == 0


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"levels": [{"id": "residents", "schedule": "moon"}]}, "names the schedule moon"),
        ({"levels": [{"schedule": "always"}]}, "needs an id"),
        ({"remove_levels": ["x"]}, "nothing called x"),
        ({"points": [{"id": "south-gate-in", "colour": "red"}]}, "colour"),
        ({"rules": []}, "rules"),
        ({"privileges": {"kings": []}}, "kings"),
    ],
)
def test_a_change_that_makes_no_policy_says_why(gate: Gate, plain: dict[str, object], said: str) -> None:
    with pytest.raises(Problem, match=said):
        ask(gate, change_of(plain))
