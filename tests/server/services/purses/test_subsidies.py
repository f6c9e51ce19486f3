"""Who gets something added to meals."""

from datetime import date

import pytest
from sqlalchemy import Engine

from server.services.problems import Code, Problem
from server.services.purses import purses, subsidies
from server.services.purses.subsidies import SubsidyIn
from server.services.work import SYSTEM
from tests.server.build import ADMIN, Community, make_community
from tests.server.services.purses.test_purses import begun, made

SUNDAY = date(2026, 3, 1)


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def test_terms_are_given_listed_and_reckoned_over_all_cards_of_a_person(community: Community) -> None:
    first = community.active_card()
    assert first.holder_id is not None
    with community.transactions.work(ADMIN) as work:
        given = subsidies.give(work, first.holder_id, SubsidyIn(per_meal=400, day_limit=600, first=SUNDAY))
        assert subsidies.of_holder(work.session, first.holder_id) == [given]
    with community.transactions.work(SYSTEM) as work:
        for seq in (1, 2):
            purses.hear(work, community.house.keystore, "g-1", made(first.id, seq, seq - 1, -800 * seq))
        purses.hear(work, community.house.keystore, "g-1", begun(first.id, 3, 2))
        standing = subsidies.standing(work.session, first.holder_id)
    assert (standing.accrued, standing.paid, standing.due) == (600, 0, 600), "what is torn has earned nothing yet"


def test_terms_that_make_no_sense(community: Community) -> None:
    person = community.holder()
    backwards = SubsidyIn(per_meal=1, day_limit=1, first=SUNDAY, last=date(2026, 2, 1))
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        subsidies.give(work, person.id, backwards)
    assert told.value.code is Code.INVALID
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        subsidies.give(work, "01ARZ3NDEKTSV4RRFFQ69G5FAV", SubsidyIn(per_meal=1, day_limit=1, first=SUNDAY))
    assert told.value.code is Code.NOT_FOUND
