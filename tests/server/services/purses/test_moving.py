"""What is known of a move on the data base; the move itself is in tests/server/services/desk/test_carrying_over.py."""

import pytest
from sqlalchemy import Engine

from card_protocol.words.card import CardState
from server.services.cards import cards
from server.services.gateways import gateways
from server.services.problems import Code, Problem
from server.services.purses import moving
from server.services.purses.carry_over import Why
from tests.server.build import ADMIN, Community, make_community
from tests.server.services.purses.test_purses import hear, made, station


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def test_a_box_that_was_shut_out_is_named_and_can_be_waived(community: Community) -> None:
    community.box("g-1")
    station(community)
    card = community.active_card()
    hear(community, made(card.id, 1, 0, 1000, amount=800))
    with community.transactions.work(ADMIN) as work:
        assert [one.why for one in moving.of_card(work.session, card.id).hindrances] == [Why.WORKS]
        cards.change_state(work, card.id, CardState.LOST)
        gateways.revoke(work, "g-1", why="stolen")
        found = moving.of_card(work.session, card.id)
    gone = next(one for one in found.hindrances if one.why is Why.GONE)
    assert (gone.gateway, gone.waivable) == ("g-1", True)


def test_a_card_that_is_not_there(community: Community) -> None:
    with community.transactions.read() as session, pytest.raises(Problem) as told:
        moving.of_card(session, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert told.value.code is Code.NOT_FOUND
