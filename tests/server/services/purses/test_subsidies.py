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
    too_little = SubsidyIn(per_meal=600, day_limit=500, first=SUNDAY)
    for wanted, field in ((backwards, "last"), (too_little, "day_limit")):
        with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
            subsidies.give(work, person.id, wanted)
        assert (told.value.code, list(told.value.fields)) == (Code.INVALID, [field])
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        subsidies.give(work, "01ARZ3NDEKTSV4RRFFQ69G5FAV", SubsidyIn(per_meal=1, day_limit=1, first=SUNDAY))
    assert told.value.code is Code.NOT_FOUND


def test_no_more_from_today_ends_what_holds_and_what_was_to_come(community: Community) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        days = {"old": (date(2026, 1, 1), None), "over": (date(2026, 1, 5), date(2026, 1, 9))}
        days |= {"new": (date(2026, 2, 1), None), "today": (SUNDAY, None), "to come": (date(2026, 4, 1), None)}
        ids = {
            name: subsidies.give(work, person.id, SubsidyIn(per_meal=400, day_limit=600, first=first, last=last)).id
            for name, (first, last) in days.items()
        }
        assert subsidies.holding(subsidies.of_holder(work.session, person.id), SUNDAY) == ids["today"]
        assert subsidies.holding(subsidies.of_holder(work.session, person.id), date(2026, 1, 6)) == ids["over"]
        assert subsidies.end(work, person.id, SUNDAY) == 4
        left = subsidies.of_holder(work.session, person.id)
        yesterday = date(2026, 2, 28)
        assert {one.id: one.last for one in left} == {
            ids["old"]: yesterday, ids["over"]: date(2026, 1, 9), ids["new"]: yesterday,
        }  # fmt: skip
        assert subsidies.holding(left, SUNDAY) is None
        assert subsidies.end(work, person.id, SUNDAY) == 0


def test_what_a_first_day_in_the_past_would_make_due_is_known_before(community: Community) -> None:
    card = community.active_card()
    assert card.holder_id is not None
    with community.transactions.work(SYSTEM) as work:
        purses.hear(work, community.house.keystore, "g-1", made(card.id, 1, 0, -800))
        wanted = SubsidyIn(per_meal=400, day_limit=600, first=date(2026, 1, 1))
        assert subsidies.foreseen(work.session, card.holder_id, wanted).due == 400
        assert subsidies.standing(work.session, card.holder_id).due == 0
