"""Impact assessments: missing where one is needed, due when their day comes, earlier ones kept."""

from datetime import date

import pytest

from server.services.privacy import assessments
from server.services.privacy.aims import Aim
from server.services.privacy.assessments import AssessmentIn, Standing, Verdict
from server.services.problems import Problem
from tests.server.build import ADMIN, Community

TODAY = date(2026, 3, 1)


def assess(community: Community, verdict: Verdict, again: date = date(2027, 3, 1)) -> None:
    given = AssessmentIn(necessity="必要", risks="泄露", measures="加密", verdict=verdict, again_day=again)
    with community.transactions.work(ADMIN) as work:
        assessments.add(work, Aim.CLINIC, given, TODAY)


def standing(community: Community, day: date = TODAY) -> dict[Aim, Standing]:
    with community.transactions.read() as session:
        return assessments.standings(session, day)


def test_how_a_purpose_stands(community: Community) -> None:
    before = standing(community)
    assert (before[Aim.CLINIC], before[Aim.HOUSEHOLD]) == (Standing.MISSING, Standing.NOT_NEEDED)
    assess(community, Verdict.WITH_MEASURES)
    assert standing(community)[Aim.CLINIC] is Standing.IN_FORCE
    assert standing(community, date(2027, 3, 1))[Aim.CLINIC] is Standing.DUE
    community.now[0] += 1
    assess(community, Verdict.NOT_ACCEPTABLE)
    assert standing(community)[Aim.CLINIC] is Standing.REFUSED
    with community.transactions.read() as session:
        assert len(assessments.of_aim(session, Aim.CLINIC)) == 2


def test_the_day_on_which_it_is_asked_again_is_to_come(community: Community) -> None:
    with pytest.raises(Problem):
        assess(community, Verdict.ACCEPTABLE, TODAY)
