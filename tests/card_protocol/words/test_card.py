"""The life of a card: the literal table against the sentence that each state must obey."""

from itertools import pairwise, product

import pytest

from card_protocol.words.card import OPENS_DOORS, TRANSITIONS, CardState, may_become

LIVES = {
    "a card's good life": "stock issued active returned stock",
    "handed out in vain": "issued stock",
    "wrongly printed": "issued revoked returned",
    "on holiday": "active suspended active",
    "lost for good": "active lost revoked",
    "found again": "lost suspended active",
    "suspended and gone": "suspended lost",
    "moved out": "active revoked returned stock",
    "suspended, moved out": "suspended revoked",
    "suspended, given back": "suspended returned",
    "issued, never fetched": "stock issued revoked",
}


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_lives_that_happen(life: str) -> None:
    states = [CardState(name) for name in life.split()]
    assert all(may_become(now, then) for now, then in pairwise(states))


def test_nothing_else_happens() -> None:
    told = {step for life in LIVES.values() for step in pairwise(life.split())}
    assert {(a, b) for a, b in product(CardState, CardState) if may_become(a, b)} == told


def test_the_table_names_every_state() -> None:
    assert set(TRANSITIONS) == set(CardState)


def test_only_an_active_card_opens_and_a_lost_one_comes_back_by_the_desk() -> None:
    assert {CardState.ACTIVE} == OPENS_DOORS
    assert not may_become(CardState.LOST, CardState.ACTIVE)
    assert not any(may_become(state, state) for state in CardState)


def test_every_card_can_come_back_to_stock() -> None:
    for start in CardState:
        reached = {start}
        for _ in CardState:
            reached |= {then for now in reached for then in TRANSITIONS[now]}
        assert CardState.STOCK in reached
