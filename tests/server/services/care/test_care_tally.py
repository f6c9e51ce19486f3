"""Counts of cases outlive the people they were about, on both data bases."""

from card_protocol.words.moment import DAY_MS
from server.services.care import care_cases, care_tally
from server.services.privacy import about, forgetting
from server.services.privacy.aims import Aim
from server.services.statistics import field_answers
from server.services.work import Work
from server.tables import CareCaseRow
from tests.server.build import ADMIN, NOW_MS, Community

SINCE_MS = NOW_MS - 7 * DAY_MS


def ended(work: Work, holder: str, *outcomes: str, at_ms: int = NOW_MS) -> None:
    """Cases of somebody that ended so."""
    for outcome in outcomes:
        row = CareCaseRow(id=work.new_id(), holder_id=holder, stage="closed", opened_ms=1)
        row.closed_ms, row.outcome = at_ms, outcome
        work.session.add(row)
    work.session.flush()


def test_who_is_forgotten_does_not_change_what_was_counted(community: Community) -> None:
    one, other = community.holder(), community.holder("李建国")
    with community.transactions.work(ADMIN) as work:
        ended(work, one.id, "helped", "well")
        ended(work, other.id, "well")
        ended(work, one.id, "away", at_ms=NOW_MS - 100 * DAY_MS)
        before = care_cases.counts(work.session, NOW_MS), field_answers.alarms(work.session, SINCE_MS)
        forgetting.forget(work, one.id, why="request 1")
        forgetting.forget(work, other.id, why="request 2")
        assert about.counts(work.session, other.id) == {}
        after = care_cases.counts(work.session, NOW_MS), field_answers.alarms(work.session, SINCE_MS)
    assert before[0].outcomes == {"helped": 1, "well": 2}
    assert after == before


def test_a_consent_that_was_taken_back_leaves_the_count_and_another_purpose_adds_none(community: Community) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        ended(work, person.id, "helped")
        forgetting.forget_aim(work, person.id, Aim.CLINIC, why="x")
        assert care_tally.outcomes(work.session, SINCE_MS) == {"helped": 1}
        forgetting.forget_aim(work, person.id, Aim.NOT_SEEN, why="x")
        assert care_tally.outcomes(work.session, SINCE_MS) == {"helped": 1}


def test_a_case_that_has_not_ended_is_not_counted(community: Community) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        work.session.add(CareCaseRow(id="C" * 26, holder_id=person.id, stage="contact", opened_ms=1))
        work.session.flush()
        care_tally.keep(work.session, person.id)
        assert care_tally.outcomes(work.session, 0) == {}
